"""The outbox of unprocessed events, stored responses for retries, and job slots."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy


def number_of(table: str, field: "type[models.IntegerField[int, int]]") -> "models.IntegerField[int, int]":
    """Return a table's field `number`: beside the id, for protocols that know integers only.

    The sequence gives it, so it is positive and never given again, and every way of writing a row brings it; see
    AddNumber in core/database/migration_operations.py.
    """
    from_sequence = models.Func(models.Value(f"{table}_number_seq"), function="nextval", output_field=field())
    return field(editable=False, db_default=from_sequence)


class OutboxEntry(models.Model):
    """An event waiting for the relay; deleted in the transaction that processes it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    # Set on the rare event that fails alone; it waits for an operator: see /health/.
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, db_default="")

    class Meta:
        db_table = "outbox"
        verbose_name_plural = gettext_lazy("outbox entries")

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class IdempotencyRecord(models.Model):
    """The response to a POST with an Idempotency-Key, stored for a day."""

    # Caller, path and key.
    name = models.CharField(max_length=500, primary_key=True)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency_record"
        # Cleanup finds old ones.
        indexes = (models.Index(fields=["created_at"], name="idempotency_record_created_idx"),)


class JobSlot(models.Model):
    """A scheduled job's slot of time: due, running or done; see background/scheduled_jobs.py."""

    pk = models.CompositePrimaryKey("job", "slot")
    job = models.CharField(max_length=60)
    slot = models.DateTimeField()
    # due, running, done
    state = models.CharField(max_length=7)
    # The run that holds it, and its lease.
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job_slot"
