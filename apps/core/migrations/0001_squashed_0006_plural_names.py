"""The outbox, answers kept for retries, and when which scheduled work was done."""

from django.db import migrations, models
from django.db.models.functions import Now

from apps.core.database.migration_fields import composite_key
from apps.core.database.migration_operations import CreateModels

AUTOVACUUM = {
    "autovacuum_vacuum_scale_factor": 0,
    "autovacuum_vacuum_threshold": 5000,
    "autovacuum_vacuum_cost_delay": 0,
}


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_idempotency"),
        ("core", "0003_job_slot"),
        ("core", "0004_claim_token"),
        ("core", "0005_job_names"),
        ("core", "0006_plural_names"),
    ]
    dependencies = []

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    "OutboxEntry",
                    [
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("kind", models.CharField(max_length=60)),
                        ("payload", models.JSONField()),
                        ("created_at", models.DateTimeField(db_default=Now())),
                        ("parked_at", models.DateTimeField(null=True)),
                        ("error", models.TextField(blank=True, db_default="")),
                    ],
                    {"db_table": "outbox", "verbose_name_plural": "outbox entries"},
                ),
                migrations.CreateModel(
                    "IdempotencyRecord",
                    [
                        ("name", models.CharField(max_length=500, primary_key=True, serialize=False)),
                        ("body_digest", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField()),
                        ("answer", models.BinaryField()),
                        ("created_at", models.DateTimeField(db_default=Now())),
                    ],
                    {
                        "db_table": "idempotency_record",
                        "indexes": [models.Index(fields=["created_at"], name="idempotency_record_created_idx")],
                    },
                ),
                migrations.CreateModel(
                    "JobSlot",
                    [
                        ("pk", composite_key("job", "slot")),
                        ("job", models.CharField(max_length=60)),
                        ("slot", models.DateTimeField()),
                        ("state", models.CharField(max_length=7)),
                        ("claim_token", models.UUIDField(null=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("cursor", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("started_at", models.DateTimeField()),
                        ("done_at", models.DateTimeField(null=True)),
                    ],
                    {"db_table": "job_slot"},
                ),
            ]
        ),
        # Every row is deleted soon after it is written: vacuum by number, not by share, and at full speed.
        migrations.RunSQL(
            f"ALTER TABLE outbox SET ({', '.join(f'{name} = {value}' for name, value in AUTOVACUUM.items())})",
            f"ALTER TABLE outbox RESET ({', '.join(AUTOVACUUM)})",
        ),
    ]
