"""Lists that have no test of their own beside them cost the same number of queries at one row and at fifty."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.clock import now
from apps.games.actions import amend_achievement, schedule_publication
from apps.games.models import Game, Membership
from apps.leaderboards.models import ClosedWindow, FinalPlace
from apps.notifications.models import Announcement, Inbox, Notification
from apps.players.models import Player
from apps.unlocks.models import Revocation
from tests.conftest import Api
from tests.factories import make_achievement, make_key, make_player, make_set

pytestmark = pytest.mark.django_db
PAYLOAD = {"achievement": {"id": str(uuid4()), "name": "First light", "points": 5}, "game": {"name": "Ember Hollow"}}


def add_player(game: Game, player: Player, number: int) -> None:
    make_player()


def add_key(game: Game, player: Player, number: int) -> None:
    make_key(game)


def add_revocation(game: Game, player: Player, number: int) -> None:
    Revocation.objects.create(game=game, player_id=player.id, reason="A bug", state="revoked", revoked_by="key:1")


def add_notification(game: Game, player: Player, number: int) -> None:
    Inbox.objects.update_or_create(player=player, defaults={"last_seq": number})
    Notification.objects.create(player=player, seq=number, kind="own_unlock", payload=PAYLOAD)


def add_announcement(game: Game, player: Player, number: int) -> None:
    Announcement.objects.create(game=game, title="News", text="There is news.", created_by="key:1", audience_count=1)


def add_medal(game: Game, player: Player, number: int) -> None:
    opened = date(2026, 1, 1) + timedelta(days=number)
    columns = {"points": 10, "unlock_count": 1, "reached_at": now(), "region": "EU", "rank": number}
    FinalPlace.objects.create(player_id=player.id, scope_id=game.id, window="day", opened_on=opened, **columns)


def add_closed_window(game: Game, player: Player, number: int) -> None:
    opened = date(2026, 1, 1) + timedelta(days=number)
    ClosedWindow.objects.create(scope_id=game.id, window="day", opened_on=opened, closed_at=now(), player_count=1)
    add_medal(game, player, number)


def add_draft(game: Game, player: Player, number: int) -> None:
    achievement = make_achievement(game, points=1, key=f"KEY_{number}")
    amend_achievement(achievement=achievement, changes={"name": "New", "set": make_set(game).key})


def add_publication(game: Game, player: Player, number: int) -> None:
    achievement = make_achievement(game, points=1, state="draft")
    schedule_publication(game=game, achievement=achievement, publish_at=now() + timedelta(days=1))


LISTS: dict[str, Callable[[Game, Player, int], None]] = {
    "players": add_player,
    "manage/games/{game}/keys": add_key,
    "manage/games/{game}/revocations": add_revocation,
    "manage/games/{game}/changes": add_draft,
    "manage/games/{game}/history": add_draft,
    "manage/games/{game}/publications": add_publication,
    "manage/games/{game}/announcements": add_announcement,
    "players/me/notifications": add_notification,
    "players/me/medals": add_medal,
    "leaderboards/{game}/closed?window=day": add_closed_window,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_at_one_and_at_fifty(
    game: Game, alice: Player, as_player: Callable[[Player], Api], path: str, django_assert_num_queries: Any
) -> None:
    api, address, add = as_player(alice), path.replace("{game}", str(game.id)), LISTS[path]
    Membership.objects.create(studio=game.studio, account=alice.account, role="owner")  # type: ignore[misc]
    add(game, alice, 1)
    with CaptureQueriesContext(connection) as at_one:
        assert api.get(address).json()["results"]

    for number in range(2, 51):
        add(game, alice, number)

    with django_assert_num_queries(len(at_one)):
        assert len(api.get(address).json()["results"]) == 50
