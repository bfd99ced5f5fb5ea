"""Reads for the list of games and a game's page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from apps.core.database.composed import Tuples, composed
from apps.core.media import media_url
from apps.games.access import Ability, may
from apps.games.definitions.budget import as_drafted
from apps.games.definitions.content import draft_of, show_draft
from apps.games.definitions.sets import sets_by_key
from apps.games.models import Achievement, AchievementState, Game, Membership, SetKind
from apps.games.queries import managed_achievements, managed_sets
from apps.games.rarity import tier_of
from apps.leaderboards.standings import player_counts
from apps.players.models import Account

GAMES_MAX = 200


@dataclass(frozen=True, slots=True)
class GameRow:
    """A game in the account's list."""

    slug: str
    name: str
    tagline: str
    cover_url: str
    is_published: bool
    trust: str
    published_count: int
    draft_count: int
    points_used: int
    points_budget: int
    player_count: int


@dataclass(frozen=True, slots=True)
class StudioShelf:
    """A studio of the account, with its games."""

    id: UUID
    name: str
    role_name: str
    may_edit: bool
    games: list[GameRow]


@dataclass(frozen=True, slots=True)
class AchievementRow:
    """An achievement as its studio sees it; `share` is None until enough people have played.

    So is `hardcore_share`, and always in a game without modes.
    """

    id: UUID
    key: str
    name: str
    description: str
    points: int
    is_hidden: bool
    kind: str
    target: int | None
    state: str
    set_title: str
    is_in_base: bool
    icon_url: str
    locked_icon_url: str
    share: float | None
    tier: str | None
    hardcore_share: float | None
    unlock_count: int
    position: int
    is_first: bool
    is_last: bool
    has_draft: bool
    is_scheduled: bool
    is_refused: bool
    # As cards of players have it; a studio sees all.
    is_masked: ClassVar[bool] = False

    @property
    def is_draft(self) -> bool:
        return self.state == AchievementState.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == AchievementState.PUBLISHED


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set as its studio sees it, with the points in use."""

    id: UUID
    key: str
    title: str
    kind: str
    kind_name: str
    opens_at: datetime | None
    closes_at: datetime | None
    achievement_count: int
    points_used: int
    is_first: bool
    is_last: bool

    @property
    def is_base(self) -> bool:
        return self.kind == SetKind.BASE


@dataclass(frozen=True, slots=True)
class SetBudget:
    """What is used of a set's points; its title is empty where the game has no other."""

    set_title: str
    used: int
    points: int

    @property
    def left(self) -> int:
        return max(self.points - self.used, 0)


@dataclass(frozen=True, slots=True)
class AchievementTable:
    """A game's achievements as they are drafted in authored order, archived ones separately, and its sets.

    `points_budget` is the budget of each set.
    """

    listed: list[AchievementRow]
    archived: list[AchievementRow]
    sets: list[SetRow]
    points_budget: int

    @property
    def budget(self) -> SetBudget:
        """The base set's, as set_budget."""
        base = self.sets[0]
        return SetBudget(base.title if len(self.sets) > 1 else "", used=base.points_used, points=self.points_budget)

    @property
    def pending_count(self) -> int:
        """How many have something to publish."""
        return sum(row.is_draft or row.has_draft for row in self.listed)

    @property
    def has_published(self) -> bool:
        return any(row.is_published for row in self.listed)


@composed
def _memberships(account_id: UUID) -> QuerySet[Membership]:
    mine = Membership.objects.filter(account_id=account_id)
    return mine.select_related("studio").order_by("studio__name", "studio_id")


@composed
def _games(studio_ids: list[UUID]) -> QuerySet[Game]:
    return Game.objects.filter(studio_id__among=studio_ids).order_by("name", "id")[:GAMES_MAX]


@composed
def _tallied(game_ids: list[UUID]) -> Tuples:
    """Of each game how many achievements are published and drafts, and its base set's points as drafted."""
    rows = as_drafted(Achievement.objects.filter(game_id__among=game_ids))
    counted: Tuples = rows.values_list("game_id").annotate(
        published=Count("id", filter=Q(state=AchievementState.PUBLISHED)),
        drafts=Count("id", filter=Q(state=AchievementState.DRAFT)),
        points=Coalesce(Sum("points_drafted", filter=Q(kind_drafted=SetKind.BASE)), 0),
    )
    return counted


@composed
def _managed(game_id: UUID) -> QuerySet[Achievement]:
    return managed_achievements(Game(pk=game_id)).order_by("position", "id")


@composed
def _budgeted(game_id: UUID) -> QuerySet[Any]:
    return managed_sets(Game(pk=game_id))


def shelves_of(account: Account) -> list[StudioShelf]:
    """Return the account's studios with their games, by name. Three queries for any number of games."""
    memberships = _memberships.rows(account_id=account.id)
    games = _games.rows(studio_ids=[membership.studio_id for membership in memberships])
    ids = [game.id for game in games]
    tallies, players = _tallies(ids), player_counts.counts_of(ids)
    return [
        StudioShelf(
            id=membership.studio_id,
            name=membership.studio.name,
            role_name=membership.get_role_display(),
            may_edit=may(membership.role, Ability.EDIT),
            games=[
                _game_row(game, tallies.get(game.id, {}), players.get(game.id, 0))
                for game in games
                if game.studio_id == membership.studio_id
            ],
        )
        for membership in memberships
    ]


def achievement_table(game: Game) -> AchievementTable:
    """Return a game's achievements and sets for its studio's page. Two queries."""
    found = [show_draft(row) for row in _managed.rows(game_id=game.id)]
    listed = [row for row in found if row.state != AchievementState.ARCHIVED]
    archived = [row for row in found if row.state == AchievementState.ARCHIVED]
    return AchievementTable(
        listed=_rows(game, listed),
        archived=_rows(game, archived),
        sets=_set_rows(game, found),
        points_budget=game.points_budget,
    )


def set_budget(game: Game, key: object) -> SetBudget:
    """Return the budget of a game's set with this key, or of its base set, as drafts would use it. One query."""
    sets = sorted(_budgeted.rows(game_id=game.id), key=lambda row: row.kind != SetKind.BASE)
    found = next((row for row in sets if row.key == key), sets[0])
    return SetBudget(found.title if len(sets) > 1 else "", used=found.points, points=game.points_budget)


def position_in_words(table: AchievementTable, achievement_id: UUID | None) -> str:
    """Return the new place of a moved achievement, for screen readers."""
    for rows in (table.listed, table.archived):
        for row in rows:
            if row.id == achievement_id:
                return gettext("{name} is number {position} of {count}.").format(
                    name=row.name, position=row.position, count=len(rows)
                )
    return ""


def _set_rows(game: Game, achievements: list[Achievement]) -> list[SetRow]:
    points = defaultdict[UUID, list[int]](list)
    for item in achievements:
        if item.state != AchievementState.ARCHIVED:
            points[item.achievement_set.id].append(item.points)
    ordered = list(sets_by_key(game.id).values())
    return [
        SetRow(
            id=row.id,
            key=row.key,
            title=row.title,
            kind=row.kind,
            kind_name=row.get_kind_display(),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            achievement_count=len(points[row.id]),
            points_used=sum(points[row.id]),
            is_first=number == 1,
            is_last=number == len(ordered) - 1,
        )
        for number, row in enumerate(ordered)
    ]


def _rows(game: Game, achievements: list[Achievement]) -> list[AchievementRow]:
    last = len(achievements) - 1
    return [_row(game, item, position=index + 1, is_last=index == last) for index, item in enumerate(achievements)]


def _row(game: Game, achievement: Achievement, *, position: int, is_last: bool) -> AchievementRow:
    completion = getattr(achievement, "completion", None)
    share = completion.share if completion is not None else None
    publication = getattr(achievement, "publication", None)
    return AchievementRow(
        id=achievement.id,
        key=achievement.key,
        name=achievement.name,
        description=achievement.description,
        points=achievement.points,
        is_hidden=achievement.is_hidden,
        kind=achievement.kind,
        target=achievement.target,
        state=achievement.state,
        set_title=achievement.achievement_set.title,
        is_in_base=achievement.set_kind == SetKind.BASE,
        icon_url=media_url(achievement.icon),
        locked_icon_url=media_url(achievement.icon_locked),
        share=share,
        tier=tier_of(share),
        hardcore_share=completion.hardcore_share if completion is not None and game.has_modes else None,
        unlock_count=completion.unlock_count if completion is not None else 0,
        position=position,
        is_first=position == 1,
        is_last=is_last,
        has_draft=draft_of(achievement) is not None,
        is_scheduled=publication is not None and publication.refused_at is None,
        is_refused=publication is not None and publication.refused_at is not None,
    )


def _game_row(game: Game, tally: Mapping[str, int], player_count: int) -> GameRow:
    return GameRow(
        slug=game.slug,
        name=game.name,
        tagline=game.tagline,
        cover_url=media_url(game.cover.name or ""),
        is_published=game.is_published,
        trust=game.trust,
        published_count=tally.get("published", 0),
        draft_count=tally.get("drafts", 0),
        points_used=tally.get("points", 0),
        points_budget=game.points_budget,
        player_count=player_count,
    )


def _tallies(game_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Return of each game how many achievements are published and drafts, and its base set's points as drafted."""
    rows = _tallied.rows(game_ids=list(game_ids))
    return {game_id: dict(zip(("published", "drafts", "points"), counts, strict=True)) for game_id, *counts in rows}
