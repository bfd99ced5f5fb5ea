"""The ledger: which player earned which achievement, once and for ever."""

from django.db import models
from django.utils.translation import gettext_lazy

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models import Achievement, Game
from apps.players.models import Player


class Source(models.IntegerChoices):
    SERVER = 1, gettext_lazy("Game server")
    CLIENT = 2, gettext_lazy("Game client")
    PORTAL = 3, gettext_lazy("Portal")


class UnlockColumns(models.Model):
    """What is kept of an unlock. Keys are checked by record_unlocks, not by the table: see sql/unlock.sql."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    achievement = models.ForeignKey(
        Achievement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    unlocked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # As earned: later edits of the achievement don't rewrite them.
    definition_version = models.PositiveIntegerField()
    points = models.PositiveSmallIntegerField()
    source = models.PositiveSmallIntegerField(choices=Source)

    class Meta:
        abstract = True


class Unlock(UnlockColumns):
    """An earned achievement; hash-partitioned by player. Written by actions.record_unlocks alone."""

    class Meta:
        db_table = "unlock"


class ArchivedUnlock(UnlockColumns):
    """An unlock of a player who has been away for a year; moved by archive alone, and back when they return."""

    class Meta:
        db_table = "unlock_archive"


class EarnedUnlock(UnlockColumns):
    """Every unlock, archived or not: a view, for reading."""

    class Meta:
        db_table = "unlock_ever"
        managed = False


class SandboxUnlock(UnlockColumns):
    """What a test key reported: shown in the portal, counted nowhere."""

    class Meta:
        db_table = "sandbox_unlock"


class ProgressColumns(models.Model):
    """How far a player is in an achievement, and whether they were shown a hidden one. Keys as in UnlockColumns."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    achievement = models.ForeignKey(
        Achievement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    revealed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    # May stand over the target of today, when that was lowered; what is shown never does.
    steps = models.IntegerField()

    class Meta:
        abstract = True


class Progress(ProgressColumns):
    """Progress in what is not earned yet; hash-partitioned by player. Written by actions.record_progress alone."""

    class Meta:
        db_table = "progress"


class SandboxProgress(ProgressColumns):
    """Progress that a test key reported."""

    class Meta:
        db_table = "sandbox_progress"


class ProgressRequestColumns(models.Model):
    """An increment that was applied, under the name its sender gave it."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id", "request_id")
    player_id = models.UUIDField()
    achievement_id = models.UUIDField()
    created_at = models.DateTimeField()
    request_id = models.CharField(max_length=64, db_collation="C")

    class Meta:
        abstract = True


class ProgressRequest(ProgressRequestColumns):
    """Hash-partitioned by player; kept for actions.REQUESTS_KEPT."""

    class Meta:
        db_table = "progress_request"


class SandboxProgressRequest(ProgressRequestColumns):
    """An increment that a test key reported."""

    class Meta:
        db_table = "sandbox_progress_request"


class RevocationState(models.TextChoices):
    REVOKING = "revoking", gettext_lazy("Being revoked")
    REVOKED = "revoked", gettext_lazy("Revoked")
    RESTORING = "restoring", gettext_lazy("Being restored")
    RESTORED = "restored", gettext_lazy("Restored")


class Revocation(models.Model):
    """That a developer took unlocks of a game back: a player's, an achievement's, or one. Kept as the audit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.PROTECT, related_name="+")
    player_id = models.UUIDField(null=True)
    achievement_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=RevocationState, default=RevocationState.REVOKING)
    # Who did it, as callers are named: account:<id> or key:<id>.
    revoked_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=now, editable=False)
    unlock_count = models.PositiveIntegerField(default=0)
    # How far a long one has come: the next chunk holds unlocks of this time and before.
    reached_at = models.DateTimeField(null=True)
    restored_by = models.CharField(max_length=60, blank=True)
    restored_at = models.DateTimeField(null=True)
    restored_count = models.PositiveIntegerField(default=0)
    # Earned anew in the meantime, and left as they are.
    kept_count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "revocation"
        # The studio's list, newest first.
        indexes = (models.Index(fields=["game", "-id"], name="revocation_game_id_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(player_id__isnull=False) | models.Q(achievement_id__isnull=False),
                name="revocation_scope_check",
            ),
        )


class RevokedUnlock(UnlockColumns):
    """An unlock as it was when it was revoked, with the progress that had led to it."""

    pk = models.CompositePrimaryKey("revocation_id", "player_id", "achievement_id")
    revocation = models.ForeignKey(Revocation, models.CASCADE, related_name="unlocks", db_index=False)
    steps = models.PositiveIntegerField(null=True)
    progressed_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    # Earned anew before it was to be restored; that one counts.
    is_kept = models.BooleanField(default=False)

    class Meta:
        db_table = "revoked_unlock"
