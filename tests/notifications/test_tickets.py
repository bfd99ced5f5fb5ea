"""Tickets: how a game client gets in without carrying a secret of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from apps.core.redis import client as redis
from apps.core.redis.breakers import breaker
from apps.games.auth.credentials import Credentials
from apps.games.models import ApiKey, Game
from apps.notifications.connections import tickets
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_key, make_known

pytestmark = pytest.mark.django_db(transaction=True)


def refuse(client: redis.Client) -> None:
    raise redis.RedisError("down")


@pytest.fixture
def alice(alice: Player, game: Game) -> Player:
    """Known to the game."""
    return make_known(alice, game)


def test_a_game_server_gets_a_ticket_for_its_player(api: Api, alice: Player, game: Game) -> None:
    response = api.post(f"players/{alice.id}/socket-ticket", {})

    body = response.json()
    assert response.status_code == 201
    assert body["expires_in"] == 30
    assert body["ws_url"] == f"ws://testserver/ws/notifications/?ticket={body['ticket']}"
    assert body["stream_url"].endswith(f"/api/v1/players/me/notifications/stream?ticket={body['ticket']}")
    assert len(body["ticket"]) == 32
    [credentials] = tickets.redeem([body["ticket"]])
    assert credentials == Credentials(alice.id, game.id, key_id=ApiKey.objects.get(game=game).id)


def test_a_ticket_is_good_once(alice: Player, game: Game) -> None:
    secret = tickets.issue(Credentials(alice.id, game.id))

    assert tickets.redeem([secret, "made-up", secret]) == [Credentials(alice.id, game.id), None, None]
    assert tickets.redeem([secret]) == [None]


def test_of_many_who_redeem_a_ticket_at_once_one_does(alice: Player, game: Game) -> None:
    secret = tickets.issue(Credentials(alice.id, game.id))
    together = Barrier(8)

    def redeem(_: int) -> bool:
        together.wait(5)
        return tickets.redeem([secret]) != [None]

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(redeem, range(8)))

    assert sorted(won) == [False] * 7 + [True]


def test_a_ticket_ends_by_itself_and_is_stored_only_as_a_digest(alice: Player, game: Game) -> None:
    secret = tickets.issue(Credentials(alice.id, game.id))

    (key,) = redis.client().keys("ticket:*")
    assert secret.encode() not in key
    assert 0 < redis.client().ttl(key) <= 30


def test_an_unknown_player_gets_no_ticket(api: Api) -> None:
    response = api.post("players/01a20ad2-38e6-72cd-813a-f74946f8058f/socket-ticket", {})

    assert (response.status_code, response.json()["code"]) == (404, "player_not_found")
    assert redis.client().keys("ticket:*") == []


def test_without_a_key_there_is_no_ticket(alice: Player, game: Game) -> None:
    response = Api(make_key(game) + "x").post(f"players/{alice.id}/socket-ticket", {})

    assert (response.status_code, response.json()["code"]) == (401, "invalid_key")


def test_without_redis_the_client_gets_a_retry_after(api: Api, alice: Player) -> None:
    for _ in range(breaker.failures_max):
        with pytest.raises(redis.RedisUnavailableError):
            redis.run_with_breaker(refuse)

    response = api.post(f"players/{alice.id}/socket-ticket", {})

    assert (response.status_code, response.json()["code"]) == (503, "tickets_unavailable")
    assert response["Retry-After"] == "2"
    assert response.json()["retryable"] is True
