"""What boards are made from: a player's points in a scope and window, and the state of the boards in Redis."""

from django.db import models
from django.utils.translation import gettext_lazy

from apps.core.clock import now
from apps.players.models import Player


class Window(models.TextChoices):
    """Stretches of time a board covers; UTC, weeks start on Monday."""

    ALL = "all", gettext_lazy("All time")
    MONTH = "month", gettext_lazy("This month")
    WEEK = "week", gettext_lazy("This week")
    DAY = "day", gettext_lazy("Today")


class Standing(models.Model):
    """A player's points in a scope (a game, or the platform) within one window.

    List-partitioned by window (see sql/standing.sql), so that closed windows can be dropped apart from what stays.
    """

    pk = models.CompositePrimaryKey("player_id", "scope_id", "window", "opened_on")
    player = models.ForeignKey(Player, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    # Copied from the player, so that regional boards need no join.
    region = models.CharField(max_length=2)
    points = models.PositiveIntegerField()
    unlock_count = models.PositiveIntegerField()
    reached_at = models.DateTimeField()

    class Meta:
        db_table = "standing"


class ClosedWindow(models.Model):
    """That a scope's window is over and its final places are kept."""

    pk = models.CompositePrimaryKey("scope_id", "window", "opened_on")
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    closed_at = models.DateTimeField()
    player_count = models.PositiveIntegerField()

    class Meta:
        db_table = "closed_window"


class FinalPlace(models.Model):
    """Where a player stood when a window closed, if among its first thousand."""

    pk = models.CompositePrimaryKey("player_id", "scope_id", "window", "opened_on")
    player_id = models.UUIDField()
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    rank = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    unlock_count = models.PositiveIntegerField()
    reached_at = models.DateTimeField()
    # Of that day.
    region = models.CharField(max_length=2)

    class Meta:
        db_table = "final_place"


class BoardFollow(models.Model):
    """A player wants to hear of it when somebody overtakes them on a board: a scope and a window, all regions."""

    pk = models.CompositePrimaryKey("scope_id", "window", "player_id")
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    player = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "board_follow"
        # The list of a player's own; the key serves the relay, which asks by scope.
        indexes = (models.Index(fields=["player", "scope_id", "window"], name="board_follow_player_idx"),)


class BoardSize(models.Model):
    """How many players a regional board must hold, but for the changes yet to be folded in; see sizes.py."""

    pk = models.CompositePrimaryKey("scope_id", "window", "opened_on", "region")
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    region = models.CharField(max_length=2)
    player_count = models.IntegerField()

    class Meta:
        db_table = "board_size"


class BoardSizeChange(models.Model):
    """By how much a regional board grew or shrank in one transaction."""

    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window)
    opened_on = models.DateField()
    region = models.CharField(max_length=2)
    change = models.IntegerField()

    class Meta:
        db_table = "board_size_change"


class BoardState(models.Model):
    """One row: whether the boards in Redis can be trusted, and which rebuild is writing beside them."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_stale = models.BooleanField(default=False)
    rebuild_id = models.UUIDField(null=True)
    # The rebuilder renews this as it goes; past it, another may take over.
    lease_until = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    # Boards found in Redis without all of their players, ever; and when the last one was.
    lost_count = models.PositiveIntegerField(default=0, db_default=0)
    lost_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "board_state"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="board_state_single_row_check"),)
