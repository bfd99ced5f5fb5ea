"""The notifications app; its subscribers join the relay when Django is ready."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        # Their import registers what they hold.
        from apps.notifications import scheduled, subscribers
        from apps.notifications.announcements import fan_out
        from apps.notifications.friends import grouping
        from apps.notifications.mail import sending
