"""Unlocks of players whom a player follows: sent at once, grouped for a second, or in a digest."""
