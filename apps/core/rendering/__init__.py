"""Faster rendering of Django's templates, with the same output."""
