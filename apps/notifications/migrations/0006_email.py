"""The daily mail: its readers, when each is due, and how far they have been told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_announcement"), ("players", "0004_archived_at")]

    operations = [
        migrations.CreateModel(
            name="EmailDigest",
            fields=[
                (
                    "player",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="players.player",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("mailed_seq", models.BigIntegerField()),
                ("until_seq", models.BigIntegerField(null=True)),
                ("attempt_count", models.SmallIntegerField(db_default=0, default=0)),
                ("token", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "email_digest",
                "indexes": [models.Index(fields=["due_at"], name="email_digest_due_at_idx")],
            },
        ),
    ]
