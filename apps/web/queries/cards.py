"""Games, achievements and unlocks as cards, the building blocks of every page."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from apps.core.database.composed import Tuples, composed
from apps.core.media import media_url
from apps.games.models import Achievement, Game
from apps.games.rarity import tier_of
from apps.leaderboards.board_rows import PlayerSummary, summary_of
from apps.players.models import Player
from apps.players.queries import players_seen_by
from apps.unlocks.models import EarnedUnlock, HardcoreUnlock
from apps.unlocks.queries import is_masked, known_to


class EarnedAchievement(Protocol):
    """A player's unlock of an achievement, from any source."""

    @property
    def player_id(self) -> UUID: ...

    @property
    def achievement_id(self) -> UUID: ...

    @property
    def unlocked_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class GameCard:
    """A game in a list, with the totals of its base set; `viewer_unlocked` is None without a logged-in player."""

    id: UUID
    slug: str
    name: str
    tagline: str
    cover_url: str
    studio_name: str
    achievement_count: int
    total_points: int
    player_count: int
    palette_url: str
    viewer_unlocked: int | None = None
    has_viewers_crown: bool = False


@dataclass(frozen=True, slots=True)
class AchievementCard:
    """An achievement as visible to a viewer: a masked one has neither name nor description."""

    id: UUID
    key: str
    name: str
    description: str
    points: int
    icon_url: str
    locked_icon_url: str
    is_hidden: bool
    is_masked: bool
    kind: str
    target: int | None
    share: float | None
    tier: str | None
    unlocked_at: datetime | None
    game_name: str = ""
    game_slug: str = ""
    # In a game with modes: when it was earned in hardcore too, and by which share of its players.
    hardcore_at: datetime | None = None
    hardcore_share: float | None = None


@dataclass(frozen=True, slots=True)
class UnlockCard:
    """An unlock: the player, the achievement and the time."""

    player: PlayerSummary
    achievement: AchievementCard
    game_name: str
    game_slug: str
    unlocked_at: datetime


def game_card(
    game: Game, *, player_count: int, totals: tuple[int, int], viewer_unlocked: int | None, has_crown: bool = False
) -> GameCard:
    achievement_count, total_points = totals
    return GameCard(
        id=game.id,
        slug=game.slug,
        name=game.name,
        tagline=game.tagline,
        cover_url=media_url(game.cover.name or ""),
        studio_name=game.studio.name,
        achievement_count=achievement_count,
        total_points=total_points,
        player_count=player_count,
        palette_url=reverse("web:game-palette", args=[game.slug]),
        viewer_unlocked=viewer_unlocked,
        has_viewers_crown=has_crown,
    )


def achievement_card(
    achievement: Achievement, *, unlocked_at: datetime | None, is_known: bool, hardcore_at: datetime | None = None
) -> AchievementCard:
    """Return the card; `is_known` says whether the viewer has earned it and may read a hidden one.

    Reads achievement.completion and achievement.game, so load both with it.
    """
    masked = is_masked(achievement, is_known=is_known)
    completion = getattr(achievement, "completion", None)
    share = completion.share if completion is not None else None
    return AchievementCard(
        id=achievement.id,
        key="" if masked else achievement.key,
        name=gettext("Hidden achievement") if masked else achievement.name,
        description=gettext("Earn it to find out what it is.") if masked else achievement.description,
        points=achievement.points,
        icon_url="" if masked else media_url(achievement.icon),
        locked_icon_url="" if masked else media_url(achievement.icon_locked),
        is_hidden=achievement.is_hidden,
        is_masked=masked,
        kind=achievement.kind,
        target=None if masked else achievement.target,
        share=share,
        tier=tier_of(share),
        unlocked_at=unlocked_at,
        game_name=achievement.game.name,
        game_slug=achievement.game.slug,
        hardcore_at=hardcore_at,
        hardcore_share=completion.hardcore_share if completion is not None and achievement.game.has_modes else None,
    )


def unlock_cards(unlocks: Iterable[EarnedAchievement], viewer: Player | None) -> list[UnlockCard]:
    """Return cards of unlocks in their order, hidden ones masked unless earned. Three queries, a fourth with modes.

    Unlocks of players whom the viewer may not see are left out.
    """
    found = list(unlocks)
    players = _players_seen_by(viewer, {unlock.player_id for unlock in found})
    achievements = load_achievements({unlock.achievement_id for unlock in found})
    known = known_to(None if viewer is None else viewer.id, achievements)
    hardcore = hardcore_times(players, achievements.values())
    return [
        UnlockCard(
            player=summary_of(players[unlock.player_id]),
            achievement=achievement_card(
                achievement,
                unlocked_at=unlock.unlocked_at,
                is_known=unlock.achievement_id in known,
                hardcore_at=hardcore.get((unlock.player_id, unlock.achievement_id)),
            ),
            game_name=achievement.game.name,
            game_slug=achievement.game.slug,
            unlocked_at=unlock.unlocked_at,
        )
        for unlock in found
        if unlock.player_id in players and (achievement := achievements.get(unlock.achievement_id))
    ]


@composed
def _achievements(ids: list[UUID]) -> QuerySet[Achievement]:
    return Achievement.objects.filter(pk__among=ids).select_related("game", "completion")


@composed
def _anyones(ids: list[UUID]) -> QuerySet[Player]:
    return players_seen_by(None).filter(pk__among=ids)


@composed
def _viewers(ids: list[UUID], viewer_id: UUID) -> QuerySet[Player]:
    return players_seen_by(viewer_id).filter(pk__among=ids)


def _players_seen_by(viewer: Player | None, ids: set[UUID]) -> dict[UUID, Player]:
    if not ids:
        return {}
    listed = list(ids)
    found = _anyones.rows(ids=listed) if viewer is None else _viewers.rows(ids=listed, viewer_id=viewer.id)
    return {player.id: player for player in found}


@composed
def _hardcore_times(player_ids: list[UUID], ids: list[UUID]) -> Tuples:
    rows = HardcoreUnlock.objects.filter(player_id__among=player_ids, achievement_id__among=ids)
    return rows.values_list("player_id", "achievement_id", "hardcore_at")


@composed
def _earned(player_id: UUID, ids: list[UUID]) -> Tuples:
    rows = EarnedUnlock.objects.filter(player_id=player_id, achievement_id__among=ids)
    return rows.values_list("achievement_id", "unlocked_at")


def load_achievements(ids: set[UUID]) -> dict[UUID, Achievement]:
    """Return achievements by id, with what achievement_card reads. One query."""
    return {row.id: row for row in _achievements.rows(ids=list(ids))} if ids else {}


def hardcore_times(
    player_ids: Collection[UUID], achievements: Iterable[Achievement]
) -> Mapping[tuple[UUID, UUID], datetime]:
    """Return when players earned achievements in hardcore, of games with modes. One query, none without such games."""
    ids = [achievement.id for achievement in achievements if achievement.game.has_modes]
    if not ids or not player_ids:
        return {}
    return {row[:2]: row[2] for row in _hardcore_times.rows(player_ids=list(player_ids), ids=ids)}


def earned_by(player: Player | None, ids: Iterable[UUID]) -> Mapping[UUID, datetime]:
    """Return when the player earned those of the achievements they have."""
    listed = list(ids)
    return {} if player is None or not listed else dict(_earned.rows(player_id=player.id, ids=listed))
