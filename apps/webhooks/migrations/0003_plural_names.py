"""Gives what the admin lists its plural, where an s alone makes none. Changes no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0002_claim_columns"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="webhookdelivery",
            options={"verbose_name_plural": "webhook deliveries"},
        ),
    ]
