"""The players app."""

from django.apps import AppConfig


class PlayersConfig(AppConfig):
    name = "apps.players"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.players import paths, scheduled, subscribers

        # Before any URLs are loaded.
        paths.register()
