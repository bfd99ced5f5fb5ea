"""The outbox, answers kept for retries, and when which scheduled work was done."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OutboxEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("parked_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, db_default="")),
            ],
            options={
                "db_table": "outbox",
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("name", models.CharField(max_length=500, primary_key=True, serialize=False)),
                ("body_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("answer", models.BinaryField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "idempotency_record",
                "indexes": [models.Index(fields=["created_at"], name="idempotency_record_created_idx")],
            },
        ),
        migrations.CreateModel(
            name="JobSlot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "job", "slot", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("job", models.CharField(max_length=60)),
                ("slot", models.DateTimeField()),
                ("state", models.CharField(max_length=7)),
                ("token", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("cursor", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "job_slot",
            },
        ),
    ]
