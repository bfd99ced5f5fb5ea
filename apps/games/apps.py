"""The games app."""

from django.apps import AppConfig


class GamesConfig(AppConfig):
    name = "apps.games"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.core.http.origins import know_origins
        from apps.games import paths, scheduled, subscribers
        from apps.games.actions import scheduling
        from apps.games.auth.page_origins import page_origins

        know_origins(page_origins)
        # Before any URLs are loaded.
        paths.register()
