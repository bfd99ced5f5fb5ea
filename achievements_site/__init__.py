"""Wiring of the site: settings, entry points and the schedule; no domain logic."""

from achievements_site.celery import app as celery_app

__all__ = ["celery_app"]
