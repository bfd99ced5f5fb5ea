"""The notifications app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.notifications import scheduled, subscribers
        from apps.notifications.announcements import reaching
        from apps.notifications.friends import gathering
        from apps.notifications.mail import sending
        from apps.notifications.webhooks import letters, trimming
        from apps.notifications.webhooks import subscribers as webhook_subscribers
