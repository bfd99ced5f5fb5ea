"""The ledger: which player earned which achievement, once and permanently."""

from django.db import models
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models import Achievement, Game
from apps.players.models import Device, Player


class Source(models.IntegerChoices):
    SERVER = 1, gettext_lazy("Game server")
    CLIENT = 2, gettext_lazy("Game client")
    PORTAL = 3, gettext_lazy("Portal")
    # A game client whose token came from a publishable key, so that nobody but the client itself says so.
    PUBLISHABLE = 4, gettext_lazy("Game client without a server")
    IMPORT = 5, gettext_lazy("Import")


# What only a game client vouched for, which anyone who has the game can forge.
CLIENT_SOURCES = (Source.CLIENT, Source.PUBLISHABLE)


class UnlockColumns(models.Model):
    """An unlock's columns. record_unlocks checks the foreign keys, not the table: see sql/unlock.sql."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    achievement = models.ForeignKey(
        Achievement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    unlocked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # As earned: later edits of the achievement don't change them.
    definition_version = models.PositiveIntegerField()
    points = models.PositiveSmallIntegerField()
    source = models.PositiveSmallIntegerField(choices=Source)

    class Meta:
        abstract = True


class Unlock(UnlockColumns):
    """An earned achievement; hash-partitioned by player. Written by actions.record_unlocks only."""

    class Meta:
        db_table = "unlock"


class ArchivedUnlock(UnlockColumns):
    """An unlock of a player inactive for a year; moved by archive only, and back when they return."""

    class Meta:
        db_table = "unlock_archive"


class EarnedUnlock(UnlockColumns):
    """Every unlock, archived or not: a view for reads."""

    class Meta:
        db_table = "unlock_ever"
        managed = False


class SandboxUnlock(UnlockColumns):
    """A test key's unlock: shown in the portal, counted nowhere."""

    class Meta:
        db_table = "sandbox_unlock"


class HardcoreColumns(models.Model):
    """An unlock that was earned in hardcore, too, and when; apart from the ledger, see sql/hardcore_unlock.sql."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id")
    player_id = models.UUIDField()
    achievement_id = models.UUIDField()
    game_id = models.UUIDField()
    hardcore_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.PositiveSmallIntegerField(choices=Source)

    class Meta:
        abstract = True


class HardcoreUnlock(HardcoreColumns):
    """Hash-partitioned by player; whether or not the unlock is archived."""

    class Meta:
        db_table = "hardcore_unlock"


class SandboxHardcoreUnlock(HardcoreColumns):
    """What a test key reported."""

    class Meta:
        db_table = "sandbox_hardcore_unlock"


class ProgressColumns(models.Model):
    """A player's progress in an achievement, and whether a hidden one was revealed. Keys as in UnlockColumns."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    achievement = models.ForeignKey(
        Achievement, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    revealed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    # May exceed a target lowered since; displays cap it.
    steps = models.IntegerField()

    class Meta:
        abstract = True


class Progress(ProgressColumns):
    """Progress in unearned achievements; hash-partitioned by player. Written by actions.record_progress only."""

    class Meta:
        db_table = "progress"
        verbose_name_plural = gettext_lazy("progress")


class SandboxProgress(ProgressColumns):
    """A test key's progress."""

    class Meta:
        db_table = "sandbox_progress"
        verbose_name_plural = gettext_lazy("sandbox progress")


class ProgressRequestColumns(models.Model):
    """An applied increment, by its sender's request id."""

    pk = models.CompositePrimaryKey("player_id", "achievement_id", "request_id")
    player_id = models.UUIDField()
    achievement_id = models.UUIDField()
    created_at = models.DateTimeField()
    request_id = models.CharField(max_length=64, db_collation="C")

    class Meta:
        abstract = True


class ProgressRequest(ProgressRequestColumns):
    """Hash-partitioned by player; deleted after actions.REQUEST_RETENTION."""

    class Meta:
        db_table = "progress_request"


class SandboxProgressRequest(ProgressRequestColumns):
    """A test key's increment."""

    class Meta:
        db_table = "sandbox_progress_request"


class Journal(models.Model):
    """A device's offline journal: the last entry accepted. Its row is the lock under which entries are taken."""

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="+")
    sequence = models.BigIntegerField(default=0)
    # SHA-256 of the entry, in hex; zeros before the first.
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        db_table = "journal"

    def __str__(self) -> str:
        return gettext("journal of device {row.device_id}, {row.sequence} entries").format(row=self)


class JournalEntry(models.Model):
    """An accepted entry: what became of it, and the time by the device's clock, which the ledger doesn't have."""

    pk = models.CompositePrimaryKey("device_id", "sequence")
    device = models.ForeignKey(Device, models.CASCADE, related_name="+", db_index=False)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    # Null where the game has no such achievement.
    achievement_id = models.UUIDField(null=True)
    # Of the report: unlocked, repeated, or one of errors.REFUSALS; invalid for a malformed entry.
    outcome = models.CharField(max_length=30)
    points = models.PositiveSmallIntegerField(null=True)
    unlocked_at = models.DateTimeField(null=True)
    # Null where no time was readable.
    device_time = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    # Over 14 days old when it arrived, so that it counts at its arrival.
    is_late = models.BooleanField()

    class Meta:
        db_table = "journal_entry"
        verbose_name_plural = gettext_lazy("journal entries")

    def __str__(self) -> str:
        return gettext("entry {row.sequence} of device {row.device_id}").format(row=self)


class RevocationState(models.TextChoices):
    REVOKING = "revoking", gettext_lazy("Being revoked")
    REVOKED = "revoked", gettext_lazy("Revoked")
    RESTORING = "restoring", gettext_lazy("Being restored")
    RESTORED = "restored", gettext_lazy("Restored")


class Revocation(models.Model):
    """A developer's revocation of a game's unlocks: a player's, an achievement's, or one. Stays as the audit trail."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.PROTECT, related_name="+")
    player_id = models.UUIDField(null=True)
    achievement_id = models.UUIDField(null=True)
    # Of the hardcore mode alone: the unlocks themselves stay.
    is_hardcore_only = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=RevocationState, default=RevocationState.REVOKING)
    # The caller's name: account:<id> or key:<id>.
    revoked_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=now, editable=False)
    unlock_count = models.PositiveIntegerField(default=0)
    # Progress of a long one: the next chunk has unlocks of this time and earlier.
    reached_at = models.DateTimeField(null=True)
    restored_by = models.CharField(max_length=60, blank=True)
    restored_at = models.DateTimeField(null=True)
    restored_count = models.PositiveIntegerField(default=0)
    # Earned again since, or earlier of a merged player, and left unchanged.
    kept_count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "revocation"
        # The studio lists them, newest first.
        indexes = (models.Index(fields=["game", "-id"], name="revocation_game_id_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(player_id__isnull=False) | models.Q(achievement_id__isnull=False),
                name="revocation_scope_check",
            ),
        )


class RevokedUnlock(UnlockColumns):
    """An unlock as it was when revoked, with the progress that led to it."""

    pk = models.CompositePrimaryKey("revocation_id", "player_id", "achievement_id")
    revocation = models.ForeignKey(Revocation, models.CASCADE, related_name="unlocks", db_index=False)
    steps = models.PositiveIntegerField(null=True)
    progressed_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    # Earned again before the restoration; the newer one counts.
    is_kept = models.BooleanField(default=False)
    # When its player was merged, if they had not earned it again by then: what was recorded until then was not, either.
    merged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "revoked_unlock"


class RevokedHardcoreUnlock(HardcoreColumns):
    """A hardcore unlock as it was when revoked, with its unlock or alone."""

    pk = models.CompositePrimaryKey("revocation_id", "player_id", "achievement_id")
    revocation = models.ForeignKey(Revocation, models.CASCADE, related_name="hardcore_unlocks", db_index=False)
    # As of unlocks.
    merged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "revoked_hardcore_unlock"


class ImportState(models.TextChoices):
    OPEN = "open", gettext_lazy("Open")
    FINISHED = "finished", gettext_lazy("Finished")
    ABANDONED = "abandoned", gettext_lazy("Abandoned")


class UnlockImport(models.Model):
    """An import of a game's past: what it brought, against the number that its caller expects."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.CASCADE, related_name="+", db_index=False)
    # What people call it: a file's name, say.
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.OPEN)
    # Of unlocks, each player and achievement once.
    expected_count = models.PositiveBigIntegerField()
    # The same of those brought so far, and how many of them were new to the ledger.
    unlock_count = models.PositiveBigIntegerField(default=0)
    recorded_count = models.PositiveBigIntegerField(default=0)
    # account:<id>, key:<id>, or the command.
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=now, editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "unlock_import"
        # The studio lists them, newest first.
        indexes = (models.Index(fields=["game", "-id"], name="unlock_import_game_id_idx"),)

    def __str__(self) -> str:
        return gettext("{row.name} {row.created_at:%Y-%m-%d %H:%M} UTC, {row.state}").format(row=self)


class ImportedUnlock(models.Model):
    """An unlock that an open import brought, new or not, so that it is counted once; deleted when that has ended."""

    pk = models.CompositePrimaryKey("import_id", "player_id", "achievement_id")
    import_id = models.UUIDField()
    player_id = models.UUIDField()
    achievement_id = models.UUIDField()

    class Meta:
        db_table = "imported_unlock"
