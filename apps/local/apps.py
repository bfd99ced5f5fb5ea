"""What `make run` adds: the supervisor, embedded PostgreSQL and Valkey, and first-time preparation."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "apps.local"
