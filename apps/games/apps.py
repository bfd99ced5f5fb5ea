"""The games app."""

from django.apps import AppConfig


class GamesConfig(AppConfig):
    name = "apps.games"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.games import paths, scheduled

        # Before any URLs are read.
        paths.register()
