"""The outbox: what happened and has not been passed on yet; and answers kept for retries."""

from django.db import models
from django.db.models.functions import Now


class OutboxEntry(models.Model):
    """One event waiting for the relay; deleted in the transaction that carries out what follows from it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    # Set on the rare event that fails alone, which is then left for a person: see /health/.
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, db_default="")

    class Meta:
        db_table = "outbox"


class IdempotencyRecord(models.Model):
    """What a POST with an Idempotency-Key answered, for a day."""

    # Caller, path and key.
    name = models.CharField(max_length=500, primary_key=True)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency_record"
        # Finding the old ones to forget.
        indexes = (models.Index(fields=["created_at"], name="idempotency_record_created_idx"),)


class JobSlot(models.Model):
    """That a scheduled job is to do, does or has done the work of a slot of time; see jobs."""

    pk = models.CompositePrimaryKey("job", "slot")
    job = models.CharField(max_length=60)
    slot = models.DateTimeField()
    # due, running, done
    state = models.CharField(max_length=7)
    # Of the run that holds it, and until when.
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job_slot"
