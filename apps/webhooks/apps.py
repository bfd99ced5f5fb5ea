"""The webhooks app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "apps.webhooks"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.webhooks import disabled_emails, retention, subscribers
