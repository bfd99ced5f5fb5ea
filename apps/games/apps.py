"""The games app."""

from django.apps import AppConfig


class GamesConfig(AppConfig):
    name = "apps.games"

    def ready(self) -> None:
        from apps.games import scheduled  # noqa: F401 - importing it registers what it holds
