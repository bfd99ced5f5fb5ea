"""The players app."""

from django.apps import AppConfig


class PlayersConfig(AppConfig):
    name = "apps.players"

    def ready(self) -> None:
        from apps.players import paths

        # Before any URLs are loaded.
        paths.register()
