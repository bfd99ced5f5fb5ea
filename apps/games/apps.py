"""The games app."""

from django.apps import AppConfig


class GamesConfig(AppConfig):
    name = "apps.games"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.games import paths, scheduled

        # Before any URLs are loaded.
        paths.register()
