"""Webhooks are an app of their own, which takes the tables over as they are."""

from django.db import migrations

MODELS = ("WebhookNotice", "WebhookAttempt", "WebhookDelivery", "WebhookMessage", "WebhookEndpoint")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_webhooks")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name) for name in MODELS])
    ]
