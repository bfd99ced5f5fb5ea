"""The web app, which owns no table."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "apps.web"
