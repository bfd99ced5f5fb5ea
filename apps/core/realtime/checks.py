"""What `manage.py check` looks at: that the channel layer is the one our consumers need."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from apps.core.realtime.channel_layer import ChannelLayer


@register
def check_channel_layer(**_: object) -> list[CheckMessage]:
    """Find another channel layer than ours: consumers would fail with their first connection."""
    name = str(settings.CHANNEL_LAYERS.get("default", {}).get("BACKEND", ""))
    if name and issubclass(import_string(name), ChannelLayer):
        return []
    return [
        Error(
            f"CHANNEL_LAYERS names {name or 'no layer'}, with which sockets and streams don't work.",
            hint="They take messages without a queue, and learn what they may have missed. Use "
            f"{ChannelLayer.__module__}.{ChannelLayer.__qualname__}, or a subclass.",
            id="laurel.E003",
        )
    ]
