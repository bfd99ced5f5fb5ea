"""What `make run` adds: the supervisor, the PostgreSQL and Valkey that it starts, and what it prepares first."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "apps.local"
