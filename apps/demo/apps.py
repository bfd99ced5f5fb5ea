"""The demo installation: original games, their art, and a community that plays them."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "apps.demo"
