"""The portal app, which owns no table."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "apps.portal"
