"""Players who change region leave the boards of the old one for those of the new one."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.background.relay import run_step
from apps.core.models import OutboxEntry
from apps.core.redis import client as redis
from apps.games.models import Game
from apps.leaderboards import subscribers
from apps.leaderboards.models import Standing
from apps.leaderboards.repair.rebuild import is_rebuild_needed, rebuild_boards
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_achievement, make_player

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]
AsPlayer = Callable[[Player], Api]


def handles(api: Api, path: str) -> list[str]:
    return [row["player"]["handle"] for row in api.get(path).json()["results"]]


@pytest.fixture
def settled(api: Api, alice: Player, bob: Player, charlie: Player, game: Game, relay: Relay, boards: None) -> Game:
    """Alice and Charlie in Europe, Bob in North America, all with points."""
    for number, player in enumerate((alice, bob, charlie)):
        api.unlock(player, make_achievement(game, points=10 + number))
    relay()
    return game


def test_entries_move_on_every_board_and_nothing_else_changes(
    anonymous: Api, as_player: AsPlayer, settled: Game, alice: Player, relay: Relay
) -> None:
    everyone = handles(anonymous, f"leaderboards/{settled.id}")

    response = as_player(alice).patch("players/me", {"region": "NA"})
    relay()

    assert (response.status_code, response.json()["region"]) == (200, "NA")
    for scope in (settled.id, "global"):
        for window in ("all", "month", "week", "day"):
            path = f"leaderboards/{scope}?window={window}&region="
            assert handles(anonymous, path + "EU") == ["charlie"]
            assert handles(anonymous, path + "NA") == ["bob", "alice"]
    assert handles(anonymous, f"leaderboards/{settled.id}") == everyone
    assert {row.region for row in Standing.objects.filter(player=alice)} == {"NA"}
    assert anonymous.get(f"leaderboards/{settled.id}/players/{alice.id}?region=NA").json()["rank"] == 2


def test_boards_agree_with_a_rebuild_whatever_comes_between(
    api: Api, anonymous: Api, as_player: AsPlayer, settled: Game, alice: Player, relay: Relay
) -> None:
    as_player(alice).patch("players/me", {"region": "NA"})
    api.unlock(alice, make_achievement(settled, points=5))
    as_player(alice).patch("players/me", {"region": "AS"})
    relay()
    regions = {
        region: handles(anonymous, f"leaderboards/{settled.id}?region={region}") for region in ("EU", "NA", "AS")
    }

    rebuild_boards()

    assert regions == {"EU": ["charlie"], "NA": ["bob"], "AS": ["alice"]}
    assert regions == {
        region: handles(anonymous, f"leaderboards/{settled.id}?region={region}") for region in ("EU", "NA", "AS")
    }


def test_interrupted_it_completes(
    anonymous: Api, as_player: AsPlayer, settled: Game, alice: Player, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_player(alice).patch("players/me", {"region": "NA"})
    with monkeypatch.context() as patch:
        patch.setattr(subscribers, "_write", _killed)
        with pytest.raises(KeyboardInterrupt):
            run_step()
    assert OutboxEntry.objects.count() == 1

    relay()

    assert handles(anonymous, f"leaderboards/{settled.id}?region=NA") == ["bob", "alice"]
    assert handles(anonymous, f"leaderboards/{settled.id}?region=EU") == ["charlie"]


def test_with_redis_down_the_boards_are_rebuilt_later(
    as_player: AsPlayer, settled: Game, alice: Player, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_player(alice).patch("players/me", {"region": "NA"})
    with monkeypatch.context() as patch:
        patch.setattr(subscribers, "_write", _fail)
        relay()

    assert is_rebuild_needed()
    assert {row.region for row in Standing.objects.filter(player=alice)} == {"NA"}


def test_saying_the_same_region_moves_nothing(as_player: AsPlayer, alice: Player) -> None:
    api = as_player(alice)

    assert api.patch("players/me", {"region": "EU"}).status_code == 200
    assert api.patch("players/me", {"region": "XX"}).status_code == 400

    assert not OutboxEntry.objects.exists()


def test_a_player_without_points_just_moves(as_player: AsPlayer, relay: Relay, boards: None) -> None:
    player = make_player(region="EU")

    as_player(player).patch("players/me", {"region": "OC"})
    relay()

    assert Player.objects.get(pk=player.pk).region == "OC"
    assert not list(redis.client().scan_iter("board:*"))


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def _fail(*_: Any) -> None:
    raise redis.RedisError("down")
