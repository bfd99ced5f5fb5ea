"""Deliveries and notices are claimed with the same columns as all due rows.

Instant: only the catalog changes. PostgreSQL renames columns in indexes and constraints by itself, so those change in
Django's state alone.
"""

from django.db import migrations, models
from django.db.models import Q

RENAMED = [
    migrations.RenameField("webhookdelivery", "next_attempt_at", "due_at"),
    migrations.RenameField("webhookdelivery", "claim_id", "claim_token"),
]
WAITING = Q(state="waiting")
INDEXES = [
    models.Index(fields=["due_at"], condition=WAITING, name="webhook_delivery_due_idx"),
    models.Index(fields=["endpoint", "due_at"], condition=WAITING, name="webhook_delivery_queue_idx"),
    models.Index(fields=["endpoint"], condition=Q(claim_token__isnull=False), name="webhook_delivery_claimed_idx"),
]
CHECK = models.CheckConstraint(
    condition=Q(state="waiting", due_at__isnull=False) | (~WAITING & Q(due_at=None, claim_token=None)),
    name="webhook_delivery_state_check",
)


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=RENAMED,
            state_operations=[
                *(migrations.RemoveIndex("webhookdelivery", index.name) for index in INDEXES),
                migrations.RemoveConstraint("webhookdelivery", CHECK.name),
                *RENAMED,
                *(migrations.AddIndex("webhookdelivery", index) for index in INDEXES),
                migrations.AddConstraint("webhookdelivery", CHECK),
            ],
        ),
        migrations.AddField("webhooknotice", "claim_token", models.UUIDField(editable=False, null=True)),
    ]
