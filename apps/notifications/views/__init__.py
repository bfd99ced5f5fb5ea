"""Notifications over HTTP, by subject."""
