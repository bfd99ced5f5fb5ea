"""Notifications over HTTP, by noun."""
