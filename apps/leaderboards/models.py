"""Standings, the source of boards: a player's points per scope and window; and the state of boards in Redis."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now
from apps.players.models import Player


class Window(models.TextChoices):
    """Time windows of boards; UTC, weeks start on Monday."""

    ALL = "all", gettext_lazy("All time")
    MONTH = "month", gettext_lazy("This month")
    WEEK = "week", gettext_lazy("This week")
    DAY = "day", gettext_lazy("Today")


class Standing(models.Model):
    """A player's points in a scope (a game, or the platform) within one window.

    List-partitioned by window (see sql/standing.sql), so that closed windows can be dropped separately.
    """

    pk = models.CompositePrimaryKey("player_id", "scope_id", "window", "opened_on")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    # Copied from the player, so that regional boards need no join.
    region = models.CharField(max_length=2)
    # Those that count on the board: who has none is not on it.
    points = models.PositiveIntegerField()
    # Of everything earned here, counted or not.
    unlock_count = models.PositiveIntegerField()
    reached_at = models.DateTimeField()
    # Earned here, and not counted on the board.
    uncounted_points = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "standing"


class ClosedWindow(models.Model):
    """A closed window of a scope, whose final places are stored."""

    pk = models.CompositePrimaryKey("scope_id", "window", "opened_on")
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    closed_at = models.DateTimeField()
    player_count = models.PositiveIntegerField()

    class Meta:
        db_table = "closed_window"


class FinalPlace(models.Model):
    """A player's final place in a closed window, if among the first thousand."""

    pk = models.CompositePrimaryKey("player_id", "scope_id", "window", "opened_on")
    player_id = models.UUIDField()
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    rank = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    unlock_count = models.PositiveIntegerField()
    reached_at = models.DateTimeField()
    # On that day.
    region = models.CharField(max_length=2)

    class Meta:
        db_table = "final_place"


class Crown(models.Model):
    """A player's completion of a game's base set, and the unlocks it rests on; withdrawn while one of those is revoked.

    What is added, moved or archived later takes none away. Of several the earliest stands that has all its unlocks.
    """

    pk = models.CompositePrimaryKey("player_id", "game_id")
    player_id = models.UUIDField()
    game_id = models.UUIDField()
    # Of the unlock, or the archiving, that made it true.
    completed_at = models.DateTimeField()
    achievement_ids = ArrayField(models.UUIDField())
    # When this player was first crowned in this game.
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # The unlock that made it true has gone while it did not stand; what takes its place may be earlier.
    is_time_gone = models.BooleanField(default=False, db_default=False)
    # The others, as objects of completed_at, achievement_ids and is_time_gone.
    set_aside = models.JSONField(default=list, db_default=Value([], models.JSONField()))

    class Meta:
        db_table = "crown"


class BoardFollow(models.Model):
    """A player's subscription to being overtaken on a board: a scope and a window, all regions."""

    pk = models.CompositePrimaryKey("scope_id", "window", "player_id")
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    player = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "board_follow"
        # For a player's own list; the relay looks up by scope through the key.
        indexes = (models.Index(fields=["player", "scope_id", "window"], name="board_follow_player_idx"),)

    def __str__(self) -> str:
        return gettext("player {row.player_id} on leaderboard {row.scope_id}, {row.window}").format(row=self)


class BoardSize(models.Model):
    """The number of players a regional board must have, apart from changes not folded in yet; see board_sizes.py."""

    pk = models.CompositePrimaryKey("scope_id", "window", "opened_on", "region")
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    region = models.CharField(max_length=2)
    player_count = models.IntegerField()

    class Meta:
        db_table = "board_size"


class BoardSizeChange(models.Model):
    """A regional board's growth in one transaction, negative for shrinking."""

    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    region = models.CharField(max_length=2)
    change = models.IntegerField()

    class Meta:
        db_table = "board_size_change"


class ScopePlayerCount(models.Model):
    """How many players have earned something in a scope, apart from changes not folded in yet; see player_counts.py.

    And how many unlocks, for the platform only: a game's are in analytics.
    """

    scope_id = models.UUIDField(primary_key=True)
    player_count = models.BigIntegerField()
    unlock_count = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "scope_player_count"


class ScopePlayerCountChange(models.Model):
    """Players whom a scope gained in one transaction, negative for lost ones; and unlocks."""

    scope_id = models.UUIDField()
    change = models.IntegerField()
    unlock_change = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "scope_player_count_change"


class BoardState(models.Model):
    """One row: whether the boards in Redis can be trusted, and which rebuild is writing in parallel."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_stale = models.BooleanField(default=False)
    claim_token = models.UUIDField(null=True)
    # The rebuilder renews this; once it has passed, another may take over.
    lease_until = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    # Incomplete boards ever found in Redis, and when the last one was.
    lost_count = models.PositiveIntegerField(default=0, db_default=0)
    lost_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "board_state"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="board_state_single_row_check"),)
