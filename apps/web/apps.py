"""The web app, which owns no table."""

from django.apps import AppConfig

from apps.web.auth import throttles


class WebConfig(AppConfig):
    name = "apps.web"

    def ready(self) -> None:
        throttles.install()
