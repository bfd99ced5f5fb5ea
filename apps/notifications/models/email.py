"""The daily mail: when each of its readers is next told, and how far they have been."""

from django.db import models

from apps.players.models import Player


class EmailDigest(models.Model):
    """A player with a confirmed address. What was numbered after `mailed_seq` has not been told by mail yet."""

    player = models.OneToOneField(Player, models.CASCADE, primary_key=True, related_name="+")
    # 18:00 where they live; while an email is under way, the end of the lease.
    due_at = models.DateTimeField()
    mailed_seq = models.BigIntegerField()
    # How far the mail under way tells, so that another attempt tells the same.
    until_seq = models.BigIntegerField(null=True)
    attempt_count = models.SmallIntegerField(default=0, db_default=0)
    # The worker that is sending it.
    claim_token = models.UUIDField(null=True)

    class Meta:
        db_table = "email_digest"
        # The workers, who look for what is due.
        indexes = (models.Index(fields=["due_at"], name="email_digest_due_at_idx"),)
