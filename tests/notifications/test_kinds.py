"""Every kind of notification has its words and its payload."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.games.models import Achievement
from apps.notifications.inbox.frames import event_frame
from apps.notifications.kinds import KINDS, own_unlock
from apps.notifications.kinds.base import Choice, Road
from apps.players.models import Player
from apps.unlocks.events import AchievementUnlocked
from tests.factories import make_achievement, make_game

MOMENT = datetime(2026, 11, 23, 18, 4, 5, 123456, tzinfo=UTC)
GAME = {"id": "01a20ad2-38e6-72cd-813a-f74946f8058f", "slug": "hollow-tide", "name": "Hollow Tide"}

MIRA = {"id": "01a20ad2-0000-72cd-813a-f74946f8058f", "handle": "mira", "display_name": "Mira", "avatar_url": None}
JON = {**MIRA, "id": "01a20ad2-0001-72cd-813a-f74946f8058f", "handle": "jon", "display_name": "Jon"}


def unlock(player: dict[str, Any], name: str, tier: str | None = None, game: dict[str, Any] = GAME) -> dict[str, Any]:
    achievement = {"id": name, "name": name, "icon_url": None}
    return {"player": player, "achievement": achievement, "game": game, "tier": tier, "unlocked_at": "2026-11-23"}


def unlocks(*shown: dict[str, Any], count: int = 1, friends: int = 1, games: int = 1) -> dict[str, Any]:
    return {"count": count, "friend_count": friends, "game_count": games, "unlocks": list(shown)}


# One example a kind; a new kind without one fails below. (payload, title, body, link)
EXAMPLES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "own_unlock": (
        {"achievement": {"id": "a1", "name": "First light", "points": 25}, "game": GAME},
        "First light",
        "You earned 25 points in Hollow Tide.",
        "/games/hollow-tide/#a1",
    ),
    "friend_unlock": (
        unlocks(unlock(MIRA, "Deep diver", "rare")),
        "Mira earned Deep diver",
        "In Hollow Tide, rare.",
        "/players/mira/",
    ),
    "friends_digest": (
        unlocks(unlock(MIRA, "Deep diver"), count=12, friends=3, games=2),
        "12 new achievements by friends",
        "3 friends, in 2 games.",
        "/notifications/",
    ),
    "game_completed": (
        {"game": GAME, "achievement_count": 40, "completed_at": "2026-11-23"},
        "Hollow Tide completed",
        "You earned all 40 achievements.",
        "/games/hollow-tide/",
    ),
    "new_follower": (
        {"player": MIRA},
        "Mira follows you",
        "They are notified when you earn something.",
        "/players/mira/",
    ),
    "rank_overtaken": (
        {"rival": MIRA, "game": GAME, "window": "week", "rival_rank": 1204},
        "Mira overtook you",
        "They are number 1,204 in Hollow Tide this week.",
        "/leaderboards/hollow-tide/?window=week",
    ),
    "season_medal": (
        {"game": None, "window": "month", "opened_on": "2026-10-01", "rank": 2, "medal": "silver", "points": 1},
        "Number 2 of the month in all games",
        "From 1 October 2026, with 1 point.",
        "/leaderboards/global/",
    ),
    "studio_announcement": (
        {
            "announcement_id": "01a20ad2-0002-72cd-813a-f74946f8058f",
            "title": "The winter update is here",
            "text": "Six new achievements.",
            "link": "https://hollow-tide.example/winter",
            "game": GAME,
            "studio": "Night Harbour",
            "announced_at": "2026-11-23",
        },
        "Hollow Tide: The winter update is here",
        "Six new achievements.",
        "/games/hollow-tide/",
    ),
}


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_has_its_words(key: str) -> None:
    payload, title, body, link = EXAMPLES[key]

    assert KINDS[key].title(payload) == title
    assert KINDS[key].body(payload) == body
    assert KINDS[key].link(payload) == link


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_makes_a_frame(key: str) -> None:
    payload, title, body, _ = EXAMPLES[key]

    frame = orjson.loads(event_frame(7, key, MOMENT, orjson.dumps(payload), is_quiet=False))

    assert frame == {
        "type": "event",
        "seq": 7,
        "kind": key,
        "at": "2026-11-23T18:04:05.123456Z",
        "title": title,
        "body": body,
        "data": payload,
    }


def test_a_quiet_frame_says_so() -> None:
    payload, *_ = EXAMPLES["own_unlock"]

    frame = orjson.loads(event_frame(7, "own_unlock", MOMENT, orjson.dumps(payload), is_quiet=True))

    assert frame["quiet"] is True


@pytest.mark.parametrize(
    ("payload", "title", "body"),
    [
        (unlocks(unlock(MIRA, "A"), unlock(MIRA, "B"), count=2), "Mira earned 2 achievements", "In Hollow Tide."),
        (unlocks(unlock(MIRA, "A"), unlock(JON, "A"), count=2, friends=2), "2 friends earned A", "In Hollow Tide."),
        (
            unlocks(unlock(MIRA, "A"), unlock(JON, "A"), unlock(JON, "A"), count=9, friends=4, games=2),
            "4 friends earned 9 achievements",
            "In 2 games.",
        ),
    ],
)
def test_grouped_unlocks_are_worded_in_one_sentence(payload: dict[str, Any], title: str, body: str) -> None:
    assert (KINDS["friend_unlock"].title(payload), KINDS["friend_unlock"].body(payload)) == (title, body)


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_says_whom_it_is_for_and_what_may_be_chosen(key: str) -> None:
    kind = KINDS[key]

    assert kind.label
    assert kind.audience.endswith(".")
    assert set(kind.roads) == set(Road)
    assert all(len(choices) > 1 and len(set(choices)) == len(choices) for choices in kind.roads.values())
    assert kind.roads[Road.INBOX][0] == Choice.ALL


def test_one_point_is_a_point() -> None:
    payload = {"achievement": {"name": "Start", "points": 1}, "game": GAME}

    assert KINDS["own_unlock"].body(payload) == "You earned 1 point in Hollow Tide."


@pytest.mark.django_db
def test_an_own_unlock_says_what_was_earned_where_and_when(alice: Player) -> None:
    game = make_game(slug="hollow-tide", name="Hollow Tide")
    achievement = make_achievement(
        game, key="ACH_FIRST_LIGHT", name="First light", description="Light the lamp.", points=50, icon="icons/a.png"
    )

    (note,) = own_unlock.notes_of([AchievementUnlocked(alice.id, achievement.id, game.id, 25, MOMENT)])

    assert (note.player_id, note.kind, note.happened_at, note.game_id) == (alice.id, "own_unlock", MOMENT, game.id)
    assert note.payload == {
        "achievement": {
            "id": achievement.id,
            "key": "ACH_FIRST_LIGHT",
            "name": "First light",
            "description": "Light the lamp.",
            # As earned, whatever the achievement is worth by now.
            "points": 25,
            "icon_url": "/media/icons/a.png",
        },
        "game": {"id": game.id, "slug": "hollow-tide", "name": "Hollow Tide"},
        "unlocked_at": MOMENT,
    }


@pytest.mark.django_db
def test_notes_of_many_unlocks_take_one_query(alice: Player, achievement: Achievement) -> None:
    unknown = AchievementUnlocked(alice.id, UUID(int=7), achievement.game_id, 10, MOMENT)
    known = AchievementUnlocked(alice.id, achievement.id, achievement.game_id, 10, MOMENT)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        notes = own_unlock.notes_of([known, unknown, known])

    assert len(queries) == 1
    assert len(notes) == 2
    assert notes[0].payload["achievement"]["icon_url"] is None
