"""Reads for the home page and the games' pages."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from apps.core.clock import now
from apps.core.database.composed import Tuples, composed
from apps.core.media import media_url
from apps.games.models import Achievement, AchievementState, Game, SetKind
from apps.games.queries import games_open_to, listed_games
from apps.leaderboards.board_rows import BoardRow
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.standings import player_counts
from apps.leaderboards.standings.completion import SetCompletion, completion_by_set, earned_of_published
from apps.leaderboards.standings.crowns import crowns_of
from apps.leaderboards.standings.what_counts import counts_on_platform
from apps.notifications.announcements.queries import ShownAnnouncement, latest_announcement
from apps.players.models import Player
from apps.players.queries import as_viewer
from apps.players.querysets import seen_sql
from apps.unlocks.models import Unlock
from apps.unlocks.queries import known_to
from apps.web.queries.cards import (
    AchievementCard,
    GameCard,
    UnlockCard,
    achievement_card,
    earned_by,
    game_card,
    hardcore_times,
    unlock_cards,
)

GAMES_MAX = 60
LATEST_COUNT = 8
LATEST_READ = 200

# Each game's newest few through its index, then the newest of those: no scan, however long the ledger.
# Skips players whom the viewer may not see, up to LATEST_READ unlocks a game.
_LATEST = f"""
SELECT u.player_id, u.achievement_id, u.unlocked_at
FROM game g CROSS JOIN LATERAL (
    SELECT n.player_id, n.achievement_id, n.unlocked_at
    FROM (
        SELECT player_id, game_id, achievement_id, points, unlocked_at, source FROM unlock
        WHERE game_id = g.id AND unlocked_at <= %(moment)s
        ORDER BY unlocked_at DESC LIMIT %(read)s) n
    JOIN player p ON p.id = n.player_id AND {seen_sql("p", "%(viewer_player_id)s::uuid")}
    WHERE %(game_id)s::uuid IS NOT NULL OR {counts_on_platform("n")}
    ORDER BY n.unlocked_at DESC LIMIT %(count)s) u
WHERE g.id = %(game_id)s OR (%(game_id)s::uuid IS NULL AND g.is_published AND g.trust = 'listed')
ORDER BY u.unlocked_at DESC, u.player_id, u.achievement_id LIMIT %(count)s
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class SiteStats:
    player_count: int
    game_count: int
    unlock_count: int


@dataclass(frozen=True, slots=True)
class HomePage:
    stats: SiteStats
    latest_unlocks: list[UnlockCard]
    leaders: list[BoardRow]
    games: list[GameCard]


@dataclass(frozen=True, slots=True)
class SetSection:
    """A set on a game's page, with the achievements shown of it."""

    completion: SetCompletion
    icon_url: str
    achievements: list[AchievementCard]


@dataclass(frozen=True, slots=True)
class GamePage:
    game: GameCard
    # Unpublished games show only to their studio.
    is_published: bool
    has_modes: bool
    trust: str
    description: str
    sections: list[SetSection]
    rarest: list[AchievementCard]
    leaders: list[BoardRow]
    latest_unlocks: list[UnlockCard]
    # The viewer's progress in the base set, and since when they have completed it.
    viewer_progress: SetCompletion | None
    completed_at: datetime | None
    announcement: ShownAnnouncement | None


@composed
def _listed_games() -> QuerySet[Game]:
    return listed_games().select_related("studio")[:GAMES_MAX]


@composed
def _open_game(slug: str, account_id: UUID) -> QuerySet[Game]:
    return games_open_to(account_id).filter(slug=slug).select_related("studio")


@composed
def _anyones_game(slug: str) -> QuerySet[Game]:
    return games_open_to(None).filter(slug=slug).select_related("studio")


@composed
def _achievements(game_id: UUID) -> QuerySet[Achievement]:
    shown = Achievement.objects.filter(game_id=game_id).exclude(state=AchievementState.DRAFT)
    return shown.select_related("game", "completion").order_by("position", "id")


@composed
def _totals(game_ids: list[UUID]) -> Tuples:
    published = Achievement.objects.filter(state=AchievementState.PUBLISHED, set_kind=SetKind.BASE)
    grouped = published.filter(game_id__among=game_ids).values_list("game_id")
    return grouped.annotate(number=Count("id"), total=Sum("points"))


def home(viewer: Player | None) -> HomePage:
    """Return the home page's content; the number of queries is constant."""
    cards = list_games(viewer, limit=6)
    leaders = page_of_board(Board(PLATFORM_ID), offset=0, limit=5, viewer=as_viewer(viewer))
    players = player_counts.counts_of([PLATFORM_ID]).get(PLATFORM_ID, 0)
    stats = SiteStats(players, listed_games().count(), player_counts.platform_unlocks())
    return HomePage(stats, latest_unlocks(None, viewer), leaders.rows, cards)


def list_games(viewer: Player | None, *, limit: int = GAMES_MAX) -> list[GameCard]:
    """Return listed games, most played first."""
    games = _listed_games.rows()
    cards = cards_of_games(games, viewer)
    return sorted(cards, key=lambda card: (-card.player_count, card.name))[:limit]


def cards_of_games(games: Sequence[Game], viewer: Player | None) -> list[GameCard]:
    """Return the games as cards, in their order. Three queries, for a viewer five."""
    ids = [game.id for game in games]
    totals = totals_of(ids)
    players = player_counts.counts_of(ids)
    unlocked = _unlocked_counts(viewer, ids)
    crowns = {} if viewer is None else crowns_of(viewer.id, ids)
    return [
        game_card(
            game,
            player_count=players.get(game.id, 0),
            totals=totals.get(game.id, (0, 0)),
            viewer_unlocked=None if viewer is None else unlocked.get(game.id, 0),
            has_crown=game.id in crowns,
        )
        for game in games
    ]


def game_page(slug: str, viewer: Player | None, account_id: UUID | None = None) -> GamePage | None:
    """Return the page of a published game, or one of the account's studios; else None."""
    game = _anyones_game.first(slug=slug) if account_id is None else _open_game.first(slug=slug, account_id=account_id)
    if game is None:
        return None
    found = _achievements.rows(game_id=game.id)
    earned = earned_by(viewer, [achievement.id for achievement in found])
    # An archived achievement stays on the page for those who have earned it.
    shown = [item for item in found if item.state == AchievementState.PUBLISHED or item.id in earned]
    known = known_to(None if viewer is None else viewer.id, [item.id for item in shown if item.is_hidden])
    hardcore = {} if viewer is None else hardcore_times([viewer.id], shown)
    cards = [
        achievement_card(
            item,
            unlocked_at=earned.get(item.id),
            is_known=item.id in known,
            hardcore_at=None if viewer is None else hardcore.get((viewer.id, item.id)),
        )
        for item in shown
    ]
    sets = completion_by_set(game.id, None if viewer is None else viewer.id)
    leaders = page_of_board(Board(game.id), offset=0, limit=10, viewer=as_viewer(viewer))
    return GamePage(
        game=cards_of_games([game], viewer)[0],
        is_published=game.is_published,
        has_modes=game.has_modes,
        trust=game.trust,
        description=game.description,
        sections=_sections(sets, shown, cards),
        rarest=sorted((card for card in cards if card.share is not None), key=lambda card: card.share or 0)[:3],
        leaders=leaders.rows,
        latest_unlocks=latest_unlocks(game.id, viewer),
        viewer_progress=None if viewer is None else sets[0],
        completed_at=None if viewer is None else crowns_of(viewer.id, [game.id]).get(game.id),
        announcement=latest_announcement(game.id),
    )


def latest_unlocks(game_id: UUID | None, viewer: Player | None) -> list[UnlockCard]:
    """Return the newest unlocks by players visible to the viewer, in one game or all listed ones."""
    chosen = {"game_id": game_id, "count": LATEST_COUNT, "read": LATEST_READ, "moment": now()}
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, chosen | as_viewer(viewer).parameters())
        rows = cursor.fetchall()
    return unlock_cards([Unlock(player_id=row[0], achievement_id=row[1], unlocked_at=row[2]) for row in rows], viewer)


def totals_of(game_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return the number and total points of the published achievements of each game's base set."""
    ids = list(game_ids)
    return {game_id: (number, total) for game_id, number, total in (_totals.rows(game_ids=ids) if ids else ())}


def _unlocked_counts(viewer: Player | None, game_ids: list[UUID]) -> dict[UUID, int]:
    if viewer is None:
        return {}
    earned = earned_of_published(viewer.id, game_ids)
    return {game_id: item.achievement_count for game_id, item in earned.items()}


def _sections(
    sets: Iterable[SetCompletion], shown: Sequence[Achievement], cards: Sequence[AchievementCard]
) -> list[SetSection]:
    """Return the sets that have something to show; `cards` are those of the achievements shown."""
    of_set: dict[UUID, list[AchievementCard]] = defaultdict(list)
    for achievement, card in zip(shown, cards, strict=True):
        of_set[achievement.achievement_set_id].append(card)
    return [SetSection(item, media_url(item.icon), of_set[item.id]) for item in sets if item.id in of_set]
