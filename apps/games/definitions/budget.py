"""The points budget of each set of a game: the lock its writers share, and the totals that must stay within it.

Two totals do: that of the drafts, which is what all would be once everything is published, and that of what is live.
"""

from collections.abc import Collection
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop, ngettext

from apps.core.background.outbox import record
from apps.core.errors import ConflictError, DomainError, NotFoundError
from apps.games.cache_versions import touch_game_soon
from apps.games.definitions.content import edit_tag, with_drafts
from apps.games.events import GameChanged
from apps.games.models import Achievement, AchievementSet, AchievementState, Game

POINTS_BUDGET_MAX = 1_000_000


class BudgetExceededError(ConflictError):
    code = "budget_exceeded"


class ChangedMeanwhileError(DomainError):
    code = "changed_meanwhile"
    status = 412
    detail = gettext_noop("Someone changed this since you read it. Look at it again, then send your change.")


def lock_game(game_id: UUID) -> Game:
    """Return the game, locked until the transaction ends. Raises: NotFoundError.

    Every write of achievements takes this lock first, so that sums and keys read under it stay true. It doesn't block
    foreign key checks on the game: key creation and reads don't wait.
    """
    game = Game.objects.select_for_update(no_key=True).filter(pk=game_id).first()
    if game is None:
        raise NotFoundError
    return game


def lock_achievement(achievement: Achievement, expected: Collection[str] | None = None) -> tuple[Game, Achievement]:
    """Return the game, locked, and the achievement with its draft as read under that lock.

    `expected` are edit tags of which it must have one. Raises: NotFoundError, ChangedMeanwhileError.
    """
    game = lock_game(achievement.game_id)
    current = with_drafts(Achievement.objects.filter(pk=achievement.pk, game=game)).first()
    if current is None:
        raise NotFoundError
    require_tag(edit_tag(current), expected)
    return game, current


def require_tag(tag: str, expected: Collection[str] | None) -> None:
    """Refuse a change of something that is not what its author has read. Raises: ChangedMeanwhileError."""
    if expected is not None and tag not in expected and "*" not in expected:
        raise ChangedMeanwhileError


def touch_game(game: Game) -> None:
    """Record that the game or its achievements have changed. Call with the game locked."""
    game.revision += 1
    game.save(update_fields=["revision"])
    record([GameChanged(game.id)])
    touch_game_soon(game.id)


def as_drafted(rows: QuerySet[Achievement]) -> QuerySet[Any]:
    """Return what counts of achievements when a draft is saved: all but archived ones, each as it is drafted.

    Each has set_drafted, kind_drafted (the set's) and points_drafted.
    """
    return rows.exclude(state=AchievementState.ARCHIVED).annotate(
        set_drafted=Coalesce("draft__achievement_set_id", "achievement_set_id"),
        kind_drafted=Coalesce("draft__achievement_set__kind", "set_kind"),
        points_drafted=Coalesce("draft__points", "points"),
    )


def drafted_points(rows: QuerySet[Achievement]) -> QuerySet[Any, Any]:
    """Return the points of drafts and published achievements by `set_drafted`, as they are drafted."""
    by_set: QuerySet[Any, Any] = as_drafted(rows).values("set_drafted").annotate(total=Sum("points_drafted"))
    return by_set


def most_points_in_use(game_id: UUID) -> int:
    """Return the points in use, drafted or live, in that set of a game which uses most."""
    return max(_most_drafted(game_id)[1], _most_live(game_id)[1])


def require_room(game: Game, set_id: UUID, points: int, *, except_for: UUID | None = None) -> None:
    """Refuse points that would exceed a set's budget. Call with the game locked. Raises: BudgetExceededError."""
    rows = Achievement.objects.filter(game=game)
    if except_for is not None:
        rows = rows.exclude(pk=except_for)
    used = sum(row["total"] for row in drafted_points(rows) if row["set_drafted"] == set_id)
    if used + points > game.points_budget:
        raise BudgetExceededError(room_sentence(_title(set_id), game.points_budget, used, points), pointer="/points")


def require_budget(game: Game) -> None:
    """Refuse what has just been written if it is more than a set's budget, drafted or live.

    Call with the game locked. Raises: BudgetExceededError.
    """
    for (set_id, points), sentence in ((_most_drafted(game.id), total_sentence), (_most_live(game.id), live_sentence)):
        if set_id is not None and points > game.points_budget:
            raise BudgetExceededError(sentence(_title(set_id), game.points_budget, points), pointer="/points")


def total_sentence(title: str, budget: int, total: int) -> str:
    """Return why a set, named by its title, would be over its budget once all is published."""
    return gettext('The set "{title}" would have {points:,} points in all; its budget is {budget:,}.').format(
        title=title, points=total, budget=budget
    )


def live_sentence(title: str, budget: int, total: int) -> str:
    """Return why what is live of a set would be over its budget."""
    return gettext(
        'The set "{title}" would have {points:,} points live; its budget is {budget:,}. First publish the changes that '
        "make room, or publish all at once."
    ).format(title=title, points=total, budget=budget)


def room_sentence(title: str, budget: int, used: int, requested: int) -> str:
    """Return why the points requested find no room in a set."""
    left = max(budget - used, 0)
    return ngettext(
        'The budget of the set "{title}" is {budget:,} points and {left:,} of them are left, so {requested:,} does not '
        "fit.",
        'The budget of the set "{title}" is {budget:,} points and {left:,} of them are left, so {requested:,} do not '
        "fit.",
        requested,
    ).format(title=title, budget=budget, left=left, requested=requested)


def _title(set_id: UUID) -> str:
    return AchievementSet.objects.values_list("title", flat=True).get(pk=set_id)


def _most_drafted(game_id: UUID) -> tuple[UUID | None, int]:
    """Return the set that has most points as drafted, and these."""
    totals = drafted_points(Achievement.objects.filter(game_id=game_id)).values_list("set_drafted", "total")
    return max(totals, key=itemgetter(1), default=(None, 0))


def _most_live(game_id: UUID) -> tuple[UUID | None, int]:
    """Return the set that has most points live, and these."""
    live = Achievement.objects.filter(game_id=game_id, state=AchievementState.PUBLISHED)
    totals = live.values("achievement_set_id").annotate(total=Sum("points"))
    return max(totals.values_list("achievement_set_id", "total"), key=itemgetter(1), default=(None, 0))
