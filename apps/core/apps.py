"""The shared kernel, which knows no other app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"
