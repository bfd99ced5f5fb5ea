"""Telling players of what those they follow earn: at once, gathered for a second, or in a digest."""
