"""Reads of stored pictures."""

from datetime import datetime
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage


def modified_at(name: str) -> datetime | None:
    """Return when a picture was stored; None when it isn't there."""
    try:
        return default_storage.get_modified_time(name)
    except OSError:
        return None


def opened(name: str) -> "File[Any] | None":
    """Return a picture's open file; None when it isn't there."""
    try:
        return default_storage.open(name)
    except OSError:
        return None
