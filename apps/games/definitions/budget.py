"""The points budget of each set of a game: the lock its writers share, and the total they must stay within."""

from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext

from apps.core.background.outbox import record
from apps.core.errors import ConflictError, NotFoundError
from apps.games.events import GameChanged
from apps.games.models import Achievement, AchievementState, Game


class BudgetExceededError(ConflictError):
    code = "budget_exceeded"


def lock_game(game_id: UUID) -> Game:
    """Return the game, locked until the transaction ends. Raises: NotFoundError.

    Every write of achievements takes this lock first, so that sums and keys read under it stay true. It doesn't block
    foreign key checks on the game: key creation and reads don't wait.
    """
    game = Game.objects.select_for_update(no_key=True).filter(pk=game_id).first()
    if game is None:
        raise NotFoundError
    return game


def touch_game(game: Game) -> None:
    """Record that the game or its achievements have changed. Call with the game locked."""
    game.revision += 1
    game.save(update_fields=["revision"])
    record([GameChanged(game.id)])


def points_in_use(set_id: UUID, *, except_for: UUID | None = None) -> int:
    """Return the points of a set's drafts and published achievements; archived ones don't count."""
    counted = Achievement.objects.filter(achievement_set_id=set_id).exclude(state=AchievementState.ARCHIVED)
    if except_for is not None:
        counted = counted.exclude(pk=except_for)
    return int(counted.aggregate(total=Sum("points"))["total"] or 0)


def most_points_in_use(game_id: UUID) -> int:
    """Return the points in use in that set of a game which uses most."""
    counted = Achievement.objects.filter(game_id=game_id).exclude(state=AchievementState.ARCHIVED)
    totals = counted.values("achievement_set_id").annotate(total=Sum("points")).values_list("total", flat=True)
    return max(totals, default=0)


def require_room(game: Game, set_id: UUID, points: int, *, except_for: UUID | None = None) -> None:
    """Refuse points that would exceed a set's budget. Call with the game locked. Raises: BudgetExceededError."""
    used = points_in_use(set_id, except_for=except_for)
    if used + points > game.points_budget:
        raise BudgetExceededError(budget_sentence(game.points_budget, used, points), pointer="/points")


def budget_sentence(budget: int, used: int, requested: int) -> str:
    left = max(budget - used, 0)
    return gettext(
        "The game's budget is {budget:,} points and {left:,} of them are left, so {requested:,} do not fit."
    ).format(budget=budget, left=left, requested=requested)
