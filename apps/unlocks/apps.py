"""The unlocks app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class UnlocksConfig(AppConfig):
    name = "apps.unlocks"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.unlocks import scheduled, subscribers
