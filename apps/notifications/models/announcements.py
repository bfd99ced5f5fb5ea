"""Announcements of studios to the players of a game, and how far each has come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from apps.core.clock import now
from apps.core.ids import NIL, new_id
from apps.games.models import Game

TITLE_LENGTH_MAX = 80
TEXT_LENGTH_MAX = 500
LINK_LENGTH_MAX = 300


class AnnouncementState(models.TextChoices):
    SENDING = "sending", gettext_lazy("Being sent")
    SENT = "sent", gettext_lazy("Sent")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


class Announcement(models.Model):
    """An announcement to the players of a game; its text never changes, and the row stays as an audit record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=TITLE_LENGTH_MAX)
    text = models.CharField(max_length=TEXT_LENGTH_MAX)
    link = models.CharField(max_length=LINK_LENGTH_MAX, blank=True)
    # The caller: account:<id> or key:<id>.
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=now, editable=False)
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    # Players of the game when it was sent; in the end, those whom it reached.
    audience_count = models.PositiveIntegerField()
    # Players whom it has reached so far, and those of them who want announcements.
    passed_count = models.PositiveIntegerField(default=0)
    notified_count = models.PositiveIntegerField(default=0)
    # The last player handled, in the order of ids.
    after_id = models.UUIDField(default=NIL)
    # Since when the next chunk is due; null when none is left.
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "announcement"
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(due_at=None), name="announcement_withdrawn_due_check"
            ),
        )
        indexes = (
            # For the studio's list and the game's page, newest first.
            models.Index(fields=["game", "-id"], name="announcement_game_id_idx"),
            # For workers, which claim the one that has waited longest.
            models.Index(fields=["due_at"], name="announcement_due_at_idx", condition=Q(due_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> AnnouncementState:
        if self.withdrawn_at is not None:
            return AnnouncementState.WITHDRAWN
        return AnnouncementState.SENT if self.due_at is None else AnnouncementState.SENDING
