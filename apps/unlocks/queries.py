"""Reads of achievements, unlocks and progress, as visible to a viewer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.fields import BooleanField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.database.sql import read_sql
from apps.core.errors import NotFoundError
from apps.games.achievement_keys import named
from apps.games.definitions.content import show_draft, with_drafts
from apps.games.models import (
    Achievement,
    AchievementKind,
    AchievementState,
    Game,
)
from apps.games.queries import GameNotFoundError, games_seen_by
from apps.unlocks.events import LedgerEvent
from apps.unlocks.models import (
    EarnedUnlock,
    HardcoreUnlock,
    Progress,
    ProgressColumns,
    SandboxHardcoreUnlock,
    SandboxProgress,
    SandboxUnlock,
    UnlockColumns,
)
from apps.unlocks.visibility import Reading

UNLOCK_ORDER = ("-unlocked_at", "achievement_id")
PROGRESS_ORDER = ("-updated_at", "achievement_id")
# An achievement's columns in sql/latest_unlocks.sql.
_LATEST_COLUMNS = (
    *("id", "number", "key", "name", "description", "points"),
    *("kind", "target", "is_hidden", "icon", "icon_locked"),
)


class AchievementNotFoundError(NotFoundError):
    code = "achievement_not_found"
    detail = gettext_noop("This game has no such achievement, or none that you may see.")


_WITH_UNLOCKS = """
SELECT h.player_id, h.achievement_id, h.hardcore_at
FROM unnest(%s::uuid[], %s::uuid[]) AS e (player_id, achievement_id)
JOIN hardcore_unlock h USING (player_id, achievement_id)
JOIN unlock u ON u.player_id = h.player_id AND u.achievement_id = h.achievement_id AND u.recorded_at = h.recorded_at
"""


@dataclass(frozen=True, slots=True)
class AchievementEntry:
    """An achievement as visible to the viewer. Masked ones hide key, name, description, icons, target and steps."""

    achievement: Achievement
    is_masked: bool
    unlocked_at: datetime | None
    steps: int | None
    # In games with modes.
    hardcore_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnlockEntry:
    """An unlock of the player; `points` as earned."""

    entry: AchievementEntry
    unlocked_at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class ProgressEntry:
    """The player's progress in an achievement."""

    entry: AchievementEntry
    steps: int
    updated_at: datetime


def is_masked(achievement: Achievement, *, is_known: bool) -> bool:
    """Whether key, name, description and art are hidden from a viewer; `is_known` as in known_to."""
    return achievement.is_hidden and not is_known


def known_to(player_id: UUID | None, achievement_ids: Collection[UUID]) -> set[UUID]:
    """Return the achievements that a player has earned or had revealed; none without a player. One query."""
    if player_id is None or not achievement_ids:
        return set()
    earned = EarnedUnlock.objects.filter(player_id=player_id, achievement_id__in=achievement_ids)
    shown = Progress.objects.filter(player_id=player_id, achievement_id__in=achievement_ids, revealed_at__isnull=False)
    return set(earned.values_list("achievement_id", flat=True).union(shown.values_list("achievement_id", flat=True)))


def readable_game(game_id: UUID, caller: Caller | None) -> Game:
    """Return a game that the caller may see. One query, two if it is not published. Raises: GameNotFoundError."""
    game = Game.objects.filter(pk=game_id).first()
    if game is None or not (game.is_published or games_seen_by(caller).filter(pk=game_id).exists()):
        raise GameNotFoundError
    return game


def listed_achievements(game: Game, reading: Reading) -> QuerySet[Achievement]:
    """Return a game's listed achievements: published ones, and archived ones that the player has earned.

    `is_earned` of a row says whether the player has earned it.
    """
    is_earned: Any = Value(False, output_field=BooleanField())
    if reading.player_id is not None:
        is_earned = Exists(_unlocks(reading).filter(player_id=reading.player_id, achievement_id=OuterRef("pk")))
    rows = Achievement.objects.filter(game=game).annotate(is_earned=is_earned)
    shown = Q(state__in=_states(reading)) | Q(state=AchievementState.ARCHIVED, is_earned=True)
    return _with_parts(rows.filter(shown), reading, Value(game.has_modes, output_field=BooleanField()))


def listed_achievement(game: Game, reference: UUID | str, reading: Reading) -> AchievementEntry:
    """Return the achievement with this id or key. Raises: AchievementNotFoundError."""
    found = named(listed_achievements(game, reading), reference).first()
    if found is None:
        raise AchievementNotFoundError
    return entries_of([found], reading)[0]


def entries_of(achievements: Collection[Achievement], reading: Reading) -> list[AchievementEntry]:
    """Return the achievements as visible to the viewer, in order. Two queries, none without a player.

    A third where a game has modes. Those of a test reading are as drafted; they are of listed_achievements, or read
    along likewise.
    """
    if reading.is_test:
        achievements = [_as_drafted(achievement) for achievement in achievements]
    ids = [achievement.id for achievement in achievements]
    unlocked: defaultdict[UUID | None, dict[UUID, datetime]] = defaultdict(dict)
    progress: dict[UUID, ProgressColumns] = {}
    if ids and (players := {reading.player_id, reading.viewer_id} - {None}):
        earned = _unlocks(reading).filter(player_id__in=players, achievement_id__in=ids)
        for player_id, achievement_id, unlocked_at in earned.values_list("player_id", "achievement_id", "unlocked_at"):
            unlocked[player_id][achievement_id] = unlocked_at
    if ids and reading.viewer_id is not None:
        started = _progress(reading).filter(player_id=reading.viewer_id, achievement_id__in=ids)
        progress = {row.achievement_id: row for row in started}

    hardcore_ats = _hardcore_ats(achievements, reading)
    is_own, held, known = reading.is_own, unlocked[reading.player_id], unlocked[reading.viewer_id]

    def entry(achievement: Achievement) -> AchievementEntry:
        row = progress.get(achievement.id)
        is_known = achievement.id in known or (row is not None and row.revealed_at is not None)
        masked = is_masked(achievement, is_known=is_known)
        unlocked_at = held.get(achievement.id)
        # Progress in unearned achievements is private.
        steps = _steps(achievement, row, is_earned=unlocked_at is not None) if is_own and not masked else None
        return AchievementEntry(achievement, masked, unlocked_at, steps, hardcore_ats.get(achievement.id))

    return [entry(achievement) for achievement in achievements]


def _hardcore_ats(achievements: Collection[Achievement], reading: Reading) -> dict[UUID, datetime]:
    """Return when the player earned those of games with modes in hardcore. One query, none without such games."""
    ids = [achievement.id for achievement in achievements if achievement.has_modes]
    if not ids or reading.player_id is None:
        return {}
    model: Any = SandboxHardcoreUnlock if reading.is_test else HardcoreUnlock
    rows = model.objects.filter(player_id=reading.player_id, achievement_id__in=ids)
    return dict(rows.values_list("achievement_id", "hardcore_at"))


def hardcore_of_new(
    events: Iterable[LedgerEvent], in_modes: Collection[UUID]
) -> Mapping[tuple[UUID, UUID], dict[str, datetime | None]]:
    """Return what news of unlocks says of hardcore: {hardcore_at}, by player and achievement; None is casual.

    `in_modes` are the achievements of games with modes: of others nothing is said. One query, none without any.
    """
    if not in_modes:
        return {}
    pairs = {(item.player_id, item.achievement_id) for item in events if item.achievement_id in in_modes}
    with connection.cursor() as cursor:
        cursor.execute(_WITH_UNLOCKS, [list(ids) for ids in zip(*pairs, strict=True)])
        found = {row[:2]: row[2] for row in cursor.fetchall()}
    return {pair: {"hardcore_at": found.get(pair)} for pair in pairs}


def unlocks_of(reading: Reading) -> QuerySet[UnlockColumns]:
    """Return the player's unlocks, for paging in UNLOCK_ORDER."""
    return _in_seen_games(_unlocks(reading).filter(player_id=reading.player_id), reading)


def unlock_entries(rows: Iterable[UnlockColumns], reading: Reading) -> list[UnlockEntry]:
    """Return the unlocks with their achievements. Three queries."""
    found = list(rows)
    entries = _entries_by_id([row.achievement_id for row in found], reading)
    return [
        UnlockEntry(entries[row.achievement_id], row.unlocked_at, row.points)
        for row in found
        if row.achievement_id in entries
    ]


def latest_unlocks(
    player_id: UUID, viewer_id: UUID | None, *, count: int, key_game_id: UUID | None = None
) -> list[UnlockEntry]:
    """Return a player's latest unlocks in published games, as visible to the viewer. One query.

    In its own game, published or not, a key of `key_game_id` sees what the player sees.

    For uncached reads: 0.5 ms of CPU for ten, where pages of unlocks_of take 2.8 (two cores).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _latest_statement(),
            {"player_id": player_id, "viewer_id": viewer_id, "count": count, "key_game_id": key_game_id},
        )
        rows = cursor.fetchall()
    return [_latest_unlock(row, is_own=player_id == viewer_id) for row in rows]


def progress_of(reading: Reading) -> QuerySet[ProgressColumns]:
    """Return the player's progress in unearned achievements visible to them, for PROGRESS_ORDER."""
    rows = _in_seen_games(_progress(reading).filter(player_id=reading.player_id, steps__gt=0), reading)
    is_earned = Exists(_unlocks(reading).filter(player_id=reading.player_id, achievement_id=OuterRef("achievement_id")))
    counted = rows.filter(achievement__kind=AchievementKind.INCREMENTAL, achievement__state__in=_states(reading))
    is_hidden: Any = F("achievement__is_hidden")
    if reading.is_test:
        is_hidden = Coalesce("achievement__draft__is_hidden", is_hidden)
    shown: QuerySet[Any] = counted.alias(is_hidden=is_hidden).exclude(is_earned)
    return shown.exclude(is_hidden=True, revealed_at=None)


def progress_entries(rows: Iterable[ProgressColumns], reading: Reading) -> list[ProgressEntry]:
    """Return the progress with its achievements. Three queries."""
    found = list(rows)
    entries = _entries_by_id([row.achievement_id for row in found], reading)
    return [
        ProgressEntry(entry, min(row.steps, entry.achievement.target or row.steps), row.updated_at)
        for row in found
        if (entry := entries.get(row.achievement_id))
    ]


@cache
def _latest_statement() -> str:
    return read_sql("unlocks", "latest_unlocks")


def _latest_unlock(row: tuple[Any, ...], *, is_own: bool) -> UnlockEntry:
    unlocked_at, points, is_known, *modes, game_id, slug, game_name, set_key = row[:11]
    achievement = Achievement(**dict(zip(_LATEST_COLUMNS, row[11:], strict=True)))
    achievement.game = Game(id=game_id, slug=slug, name=game_name)
    achievement.set_key = set_key
    achievement.share, achievement.has_modes, achievement.hardcore_share, hardcore_at = modes
    masked = is_masked(achievement, is_known=is_known)
    entry = AchievementEntry(achievement, masked, unlocked_at, achievement.target if is_own else None, hardcore_at)
    return UnlockEntry(entry, unlocked_at, points)


def _entries_by_id(ids: list[UUID], reading: Reading) -> dict[UUID, AchievementEntry]:
    rows = Achievement.objects.filter(pk__in=ids).select_related("game")
    found = list(_with_parts(rows, reading, F("game__has_modes")))
    return {entry.achievement.id: entry for entry in entries_of(found, reading)}


def _with_parts(rows: QuerySet[Achievement], reading: Reading, has_modes: Any) -> QuerySet[Achievement]:
    """Return the rows with what entries show of other tables; with drafts for test keys and their players alone."""
    read = rows.annotate(  # type: ignore[no-redef] # their types are declared there
        set_key=F("achievement_set__key"),
        share=F("completion__share"),
        has_modes=has_modes,
        hardcore_share=F("completion__hardcore_share"),
    )
    return with_drafts(read) if reading.is_test else read


def _as_drafted(achievement: Achievement) -> Achievement:
    shown = show_draft(achievement)
    shown.set_key = shown.achievement_set.key
    return shown


def _steps(achievement: Achievement, row: ProgressColumns | None, *, is_earned: bool) -> int | None:
    if achievement.target is None or is_earned:
        return achievement.target
    return 0 if row is None else min(row.steps, achievement.target)


def _states(reading: Reading) -> list[AchievementState]:
    return [AchievementState.PUBLISHED, *([AchievementState.DRAFT] if reading.is_test else [])]


def _in_seen_games(rows: QuerySet[Any], reading: Reading) -> QuerySet[Any]:
    """Return the rows of the reading's game, or else of all, that are in games the viewer may see."""
    if reading.game_id is not None:
        rows = rows.filter(game_id=reading.game_id)
    return rows if reading.is_open_to_unpublished else rows.filter(game__is_published=True)


def _unlocks(reading: Reading) -> QuerySet[Any]:
    return (SandboxUnlock if reading.is_test else EarnedUnlock).objects.all()


def _progress(reading: Reading) -> QuerySet[Any]:
    return (SandboxProgress if reading.is_test else Progress).objects.all()
