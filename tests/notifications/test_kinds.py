"""Every kind of notification has its words and its payload."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.games.models import Achievement
from apps.notifications.delivery.frames import event_frame
from apps.notifications.kinds import KINDS, own_unlock
from apps.players.models import Player
from apps.unlocks.events import AchievementUnlocked
from tests.factories import make_achievement, make_game

MOMENT = datetime(2026, 11, 23, 18, 4, 5, 123456, tzinfo=UTC)
GAME = {"id": "01a20ad2-38e6-72cd-813a-f74946f8058f", "slug": "hollow-tide", "name": "Hollow Tide"}

# One example a kind; a new kind without one fails below.
EXAMPLES: dict[str, tuple[dict[str, Any], str, str]] = {
    "own_unlock": (
        {"achievement": {"name": "First light", "points": 25}, "game": GAME},
        "First light",
        "You earned 25 points in Hollow Tide.",
    )
}


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_has_its_words(key: str) -> None:
    payload, title, body = EXAMPLES[key]

    assert KINDS[key].title(payload) == title
    assert KINDS[key].body(payload) == body


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_makes_a_frame(key: str) -> None:
    payload, title, body = EXAMPLES[key]

    frame = orjson.loads(event_frame(7, key, MOMENT, orjson.dumps(payload)))

    assert frame == {
        "type": "event",
        "seq": 7,
        "kind": key,
        "at": "2026-11-23T18:04:05.123456Z",
        "title": title,
        "body": body,
        "data": payload,
    }


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
