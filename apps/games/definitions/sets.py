"""A game's sets: the one every game has, and what their budgets hold."""

from dataclasses import fields
from uuid import UUID

from django.db.models import QuerySet

from apps.core.clock import now
from apps.core.database.composed import composed
from apps.games.definitions.definition import SetDefinition
from apps.games.models import Achievement, AchievementDraft, AchievementSet, AchievementState, Game, SetKind

BASE_KEY = "base"


def create_base_set(game: Game) -> AchievementSet:
    """Give a new game its base set."""
    return AchievementSet.objects.create(game=game, key=BASE_KEY, kind=SetKind.BASE, title=str(SetKind.BASE.label))


def base_set(game_id: UUID) -> AchievementSet:
    """Return a game's base set."""
    return AchievementSet.objects.get(game_id=game_id, kind=SetKind.BASE)


@composed
def _in_order(game_id: UUID) -> QuerySet[AchievementSet]:
    return AchievementSet.objects.filter(game_id=game_id).order_by("position", "id")


def sets_by_key(game_id: UUID) -> dict[str, AchievementSet]:
    """Return a game's sets by key, in their order, the base set first."""
    return {row.key: row for row in sorted(_in_order.rows(game_id=game_id), key=lambda row: row.kind != SetKind.BASE)}


def definition_of_set(achievement_set: AchievementSet) -> SetDefinition:
    """Return the authored part of a set."""
    return SetDefinition(**{item.name: getattr(achievement_set, item.name) for item in fields(SetDefinition)})


def has_achievements(achievement_set: AchievementSet) -> bool:
    """Whether an achievement is in a set, or will be once its draft is published. At most two queries."""
    rows = Achievement.objects.filter(achievement_set=achievement_set)
    return rows.exists() or AchievementDraft.objects.filter(achievement_set=achievement_set).exists()


def is_counted(achievement: Achievement) -> bool:
    """Whether an achievement counts towards completing its game."""
    return achievement.state == AchievementState.PUBLISHED and achievement.set_kind == SetKind.BASE


def put_into(achievement: Achievement, achievement_set: AchievementSet) -> None:
    """Set a row's set and its copy of the kind, and when it stopped counting if it did, without saving."""
    if is_counted(achievement) and achievement_set.kind != SetKind.BASE:
        achievement.left_base_at = now()
    elif achievement.set_kind == SetKind.BASE != achievement_set.kind:
        achievement.left_base_at = achievement.archived_at
    achievement.achievement_set = achievement_set
    achievement.set_kind = achievement_set.kind
