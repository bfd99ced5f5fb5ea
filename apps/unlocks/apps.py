"""The unlocks app."""

from django.apps import AppConfig


class UnlocksConfig(AppConfig):
    name = "apps.unlocks"
