"""The daily email: when each reader's next one is due, and what they have been sent."""

from django.db import models
from django.utils.translation import gettext

from apps.players.models import Player


class EmailDigest(models.Model):
    """A player with a confirmed address. Notifications numbered above `mailed_seq` have not been emailed yet."""

    player = models.OneToOneField(Player, models.CASCADE, primary_key=True, related_name="+")
    # 18:00 where they live; while an email is under way, the end of the lease.
    due_at = models.DateTimeField()
    mailed_seq = models.BigIntegerField()
    # The last notification in the email under way, so that another attempt sends the same.
    until_seq = models.BigIntegerField(null=True)
    attempt_count = models.SmallIntegerField(default=0, db_default=0)
    # The worker that is sending it.
    claim_token = models.UUIDField(null=True)

    class Meta:
        db_table = "email_digest"
        # For workers, which look for due rows.
        indexes = (models.Index(fields=["due_at"], name="email_digest_due_at_idx"),)

    def __str__(self) -> str:
        return gettext("email to player {row.player_id}").format(row=self)
