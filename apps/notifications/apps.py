"""The notifications app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        # Importing them registers what they hold.
        from apps.notifications import scheduled, subscribers  # noqa: F401
        from apps.notifications.announcements import reaching  # noqa: F401
        from apps.notifications.friends import gathering  # noqa: F401
        from apps.notifications.mail import sending  # noqa: F401
        from apps.notifications.webhooks import letters, trimming  # noqa: F401
        from apps.notifications.webhooks import subscribers as webhook_subscribers  # noqa: F401
