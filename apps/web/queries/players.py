"""Reads for the players' pages."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet

from apps.core.clock import now, zone_of
from apps.core.database.composed import Tuples, composed
from apps.core.media import media_url
from apps.games.models import Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.models import Standing, Window
from apps.leaderboards.places import rank_of_player
from apps.leaderboards.standings.completion import EarnedOfPublished, earned_of_published, percentage
from apps.leaderboards.standings.crowns import crowns_of
from apps.leaderboards.standings.standing_rows import points_earned
from apps.players.models import Player, Region
from apps.players.queries import may_see
from apps.unlocks.models import EarnedUnlock
from apps.unlocks.queries import known_to
from apps.web.queries.achieved import MedalCard, RankLine, medals_of, rank_line
from apps.web.queries.boards import FollowedBoard, followed_boards
from apps.web.queries.cards import (
    AchievementCard,
    GameCard,
    UnlockCard,
    achievement_card,
    hardcore_times,
    load_achievements,
    unlock_cards,
)
from apps.web.queries.games import cards_of_games

WEEKS = 17
RECENT_COUNT = 10
RAREST_COUNT = 6
GAMES_MAX = 60


@dataclass(frozen=True, slots=True)
class Profile:
    """The header of a player's page."""

    id: UUID
    handle: str
    display_name: str
    region: str
    region_name: str
    avatar_url: str
    joined_at: datetime
    visibility: str
    is_viewer: bool
    points: int = 0
    # Both are of everything earned, as on boards; each game says how much of it is of its base set.
    achievement_count: int = 0
    games_count: int = 0
    completed_count: int = 0
    rank: int | None = None
    total_players: int = 0


@dataclass(frozen=True, slots=True)
class PlayerGame:
    """A player's progress in a game's base set; `percent` of its achievements, 0 to 100.

    `others` counts what else they earned there; `points` are of everything.
    """

    game: GameCard
    unlocked: int
    total: int
    others: int
    points: int
    total_points: int
    percent: int
    last_unlocked_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the activity calendar; `level` runs from 0 (none) to 4 (a lot)."""

    date: date
    count: int
    level: int


@dataclass(frozen=True, slots=True)
class PlayerPage:
    profile: Profile
    rarest: list[AchievementCard]
    recent: list[UnlockCard]
    games: list[PlayerGame]
    calendar: list[list[CalendarDay]]
    medals: list[MedalCard] = field(default_factory=list)
    ranks: RankLine | None = None
    # Filled only on the viewer's own page.
    boards_followed: list[FollowedBoard] = field(default_factory=list)


@composed
def _named(handle: str) -> QuerySet[Player]:
    return Player.objects.filter(handle__iexact=handle).select_related("merged_into").order_by("pk")[:1]


@composed
def _recent(player_id: UUID) -> QuerySet[EarnedUnlock]:
    return _shown_unlocks(player_id).order_by("-unlocked_at", "achievement_id")[:RECENT_COUNT]


@composed
def _rarest_of(player_id: UUID) -> Tuples:
    rows = _shown_unlocks(player_id).filter(achievement__completion__share__isnull=False)
    in_order = rows.order_by("achievement__completion__share", "achievement_id")
    return in_order.values_list("achievement_id", "unlocked_at")[:RAREST_COUNT]


@composed
def _standings(player_id: UUID) -> QuerySet[Standing]:
    return Standing.objects.filter(player_id=player_id, window=Window.ALL).exclude(scope_id=PLATFORM_ID)


@composed
def _published(ids: list[UUID]) -> QuerySet[Game]:
    return Game.objects.filter(id__among=ids, is_published=True).select_related("studio")[:GAMES_MAX]


@composed
def _latest(player_id: UUID) -> Tuples:
    rows = EarnedUnlock.objects.filter(player_id=player_id).values_list("game_id")
    return rows.annotate(latest=Max("unlocked_at")).order_by()


@composed
def _moments(player_id: UUID, since: datetime) -> Tuples:
    return EarnedUnlock.objects.filter(player_id=player_id, unlocked_at__gte=since).values_list("unlocked_at")


def player_page(handle: str, viewer: Player | None) -> PlayerPage | None:
    """Return a player's page, or None for a player who doesn't exist or isn't visible to the viewer."""
    player = _named.first(handle=handle)
    player = player and (player.merged_into or player)
    if player is None or not may_see(None if viewer is None else viewer.id, player):
        return None
    games = _games(player, viewer)
    return PlayerPage(
        profile=_profile(player, viewer, games),
        rarest=_rarest(player, viewer),
        recent=unlock_cards(_recent.rows(player_id=player.id), viewer),
        games=games,
        calendar=_calendar(player),
        medals=medals_of(player),
        ranks=rank_line(player),
        boards_followed=followed_boards(player) if viewer == player else [],
    )


def _shown_unlocks(player_id: UUID) -> QuerySet[EarnedUnlock]:
    """Return a player's unlocks in visible games; hidden achievements stay masked here too."""
    return EarnedUnlock.objects.filter(player_id=player_id, achievement__game__is_published=True)


def _profile(player: Player, viewer: Player | None, games: list[PlayerGame]) -> Profile:
    player_rank = rank_of_player(Board(PLATFORM_ID), player.id, reach=0)
    return Profile(
        id=player.id,
        handle=player.handle,
        display_name=player.display_name,
        region=player.region,
        region_name=str(Region(player.region).label),
        avatar_url=media_url(player.avatar.name or ""),
        joined_at=player.created_at,
        visibility=player.visibility,
        is_viewer=viewer is not None and viewer.id == player.id,
        points=player_rank.row.points if player_rank else points_earned(player.id, PLATFORM_ID),
        achievement_count=sum(game.unlocked + game.others for game in games),
        games_count=len(games),
        completed_count=sum(game.completed_at is not None for game in games),
        rank=player_rank.row.rank if player_rank else None,
        total_players=player_rank.total_players if player_rank else 0,
    )


def _games(player: Player, viewer: Player | None) -> list[PlayerGame]:
    """Return the games a player has unlocks in, most recently played first. A constant number of queries."""
    standings = {item.scope_id: item for item in _standings.rows(player_id=player.id)}
    games = _published.rows(ids=list(standings)) if standings else []
    latest: dict[UUID, datetime] = dict(_latest.rows(player_id=player.id))
    ids = [game.id for game in games]
    earned, crowns = earned_of_published(player.id, ids), crowns_of(player.id, ids)
    played = [
        _played(
            card,
            earned[card.id],
            standings[card.id],
            latest.get(card.id, standings[card.id].reached_at),
            crowns.get(card.id),
        )
        for card in cards_of_games(games, viewer)
    ]
    return sorted(played, key=lambda item: item.last_unlocked_at, reverse=True)


def _played(
    card: GameCard,
    earned: EarnedOfPublished,
    standing: Standing,
    last_unlocked_at: datetime,
    completed_at: datetime | None,
) -> PlayerGame:
    return PlayerGame(
        game=card,
        unlocked=earned.achievement_count,
        total=card.achievement_count,
        others=standing.unlock_count - earned.achievement_count,
        points=standing.points + standing.uncounted_points,
        total_points=card.total_points,
        percent=int(percentage(earned.achievement_count, card.achievement_count)),
        last_unlocked_at=last_unlocked_at,
        completed_at=completed_at,
    )


def _rarest(player: Player, viewer: Player | None) -> list[AchievementCard]:
    chosen: dict[UUID, datetime] = dict(_rarest_of.rows(player_id=player.id))
    achievements = load_achievements(set(chosen))
    known = known_to(None if viewer is None else viewer.id, achievements)
    hardcore = hardcore_times([player.id], achievements.values())
    return [
        achievement_card(
            achievements[item],
            unlocked_at=moment,
            is_known=item in known,
            hardcore_at=hardcore.get((player.id, item)),
        )
        for item, moment in chosen.items()
    ]


def _calendar(player: Player) -> list[list[CalendarDay]]:
    """Return the last WEEKS weeks, Monday first, in the player's time zone; future days are left out."""
    zone = zone_of(player.time_zone)
    today = now().astimezone(zone).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    since = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    moments = _moments.rows(player_id=player.id, since=since)
    counts = Counter(moment.astimezone(zone).date() for (moment,) in moments)
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    cells = [CalendarDay(day, counts[day], _level(counts[day])) for day in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _level(count: int) -> int:
    return next((level for level, floor in ((4, 8), (3, 5), (2, 3), (1, 1)) if count >= floor), 0)
