"""A game that is not published takes nothing from live keys, on whichever path; test keys go on."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from apps.games.actions import publish_game, unpublish_game
from apps.games.auth import keys
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks import fast_path
from apps.unlocks.models import SandboxUnlock, Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key
from tests.unlocks.progress_calls import LIVE, assert_refused, counts, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Game:
    return make_game(is_published=False)


@pytest.fixture
def first(draft: Game) -> Achievement:
    return make_achievement(draft)


@pytest.fixture
def lamps(draft: Game) -> Achievement:
    return make_achievement(draft, kind="incremental", target=3)


@pytest.fixture
def live(draft: Game) -> Api:
    return Api(make_key(draft))


def named(player: Player, achievement: Achievement, **fields: Any) -> dict[str, Any]:
    return {"player_id": str(player.id), "achievement_id": achievement.key, **fields}


def test_a_single_unlock_is_refused(live: Api, alice: Player, first: Achievement) -> None:
    assert_refused(live.unlock(alice, first), 409, "game_not_published")
    assert_refused(live.post("achievements/unlock", named(alice, first)), 409, "game_not_published")


@pytest.mark.parametrize("setter", ["server", "client"])
def test_a_players_own_client_is_refused(
    token_api: Callable[..., Api], alice: Player, draft: Game, first: Achievement, setter: str
) -> None:
    Achievement.objects.filter(pk=first.pk).update(setter=setter)

    assert_refused(token_api(alice, draft).unlock(alice, first), 409, "game_not_published")


def test_every_item_of_a_batch_is_refused(
    live: Api, alice: Player, bob: Player, first: Achievement, lamps: Achievement
) -> None:
    batch = live.post("achievements/unlock/batch", {"unlocks": [named(alice, first), named(bob, lamps)]})

    assert [(item["status"], item["error"]["code"]) for item in batch.json()["results"]] == [
        (409, "game_not_published")
    ] * 2
    assert counts(LIVE) == [0] * 4


@pytest.mark.parametrize(
    ("verb", "fields"),
    [("increment", {"steps": 1, "request_id": "one"}), ("set_at_least", {"steps": 3}), ("reveal", {})],
)
def test_progress_by_any_verb_is_refused(
    live: Api, alice: Player, lamps: Achievement, verb: str, fields: dict[str, Any]
) -> None:
    assert_refused(send(live, alice, lamps, verb, **fields), 409, "game_not_published")

    report = named(alice, lamps, verb=verb, **fields)
    batch = live.post("achievements/progress/batch", {"reports": [report, named(alice, lamps, verb="unlock")]})
    assert [item["error"]["code"] for item in batch.json()["results"]] == ["game_not_published"] * 2
    assert counts(LIVE) == [0] * 4


def test_an_unknown_achievement_is_still_unknown(live: Api, alice: Player) -> None:
    assert_refused(live.unlock(alice, make_achievement(make_game())), 404, "achievement_not_found")


def test_a_test_key_reports_as_ever(alice: Player, draft: Game, first: Achievement, lamps: Achievement) -> None:
    sandbox = Api(make_key(draft, "test"))

    assert sandbox.unlock(alice, first).status_code == 201
    assert send(sandbox, alice, lamps, "set_at_least", steps=3).status_code == 201
    assert (SandboxUnlock.objects.count(), Unlock.objects.count()) == (2, 0)


def test_publishing_opens_it_and_hiding_it_again_keeps_what_was_earned(
    live: Api, alice: Player, bob: Player, draft: Game, first: Achievement
) -> None:
    publish_game(game=draft)
    assert live.unlock(alice, first).status_code == 201
    unpublish_game(game=draft)

    assert live.unlock(bob, first).json()["code"] == "game_not_published"
    # Nothing changes by a repeat, so it is answered as ever; by the ledger, too.
    assert live.unlock(alice, first).status_code == 200
    (repeated,) = live.post("achievements/unlock/batch", {"unlocks": [named(alice, first)]}).json()["results"]
    assert (repeated["status"], repeated["unlocked"]) == (200, False)
    assert Unlock.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_fast_path_takes_none(alice: Player, draft: Game, first: Achievement, settings: Any) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": 0}
    token = make_key(draft)
    keys.cache.find(token)
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    body = orjson.dumps({"player_id": str(alice.id), "achievement_id": str(first.id)})

    finished = asyncio.run(fast_path.unlock({"method": "POST", "query_string": b"", "headers": headers}, body))

    assert finished is None
    assert counts(LIVE) == [0] * 4
