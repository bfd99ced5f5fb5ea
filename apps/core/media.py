"""Where a stored picture is found."""

from django.core.files.storage import default_storage


def media_url(name: str) -> str:
    """Return the URL of a storage name, or an empty string for no picture."""
    return default_storage.url(name) if name else ""
