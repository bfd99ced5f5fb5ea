"""Who hides, leaves or is renamed is gone from the response cache at once, and a closed window appears in it."""

from collections.abc import Callable

import pytest
from django.db import transaction

from apps.core.background.outbox import record
from apps.games.actions import unpublish_game
from apps.games.models import Game
from apps.leaderboards.events import WindowClosed
from apps.players.actions import delete_player, edit_player
from apps.players.actions.rulings import ban_player
from apps.players.models import Player
from tests.core.test_response_cache import empty_cache, get, visits, wait_for_writes
from tests.factories import MONDAY, make_final_place, make_key, make_known

__all__ = ["empty_cache", "visits"]

pytestmark = pytest.mark.django_db(transaction=True)
CLOSED = "/closed/week/2026-11-16"
HIDES: dict[str, Callable[[Player], object]] = {
    "private": lambda player: edit_player(player_id=player.id, visibility="private"),
    "banned": lambda player: ban_player(player_id=player.id, decided_by="x"),
    "deleted": lambda player: delete_player(player=player),
}


@pytest.fixture
def paths(game: Game, alice: Player) -> list[str]:
    """What shows alice: herself, her medals, and a closed window by itself and in a list."""
    make_final_place(alice, game.id)
    boards = f"/api/v1/leaderboards/{game.id}"
    player = f"/api/v1/players/{alice.id}"
    return [player, f"{player}/medals", f"{boards}/closed", f"{boards}{CLOSED}"]


def shown(paths: list[str]) -> list[bool]:
    """Return whether each shows somebody."""
    return [reply.status == 200 and b"alice" in reply.body for reply in map(get, paths)]


@pytest.mark.parametrize("way", sorted(HIDES))
def test_who_hides_is_hidden_before_the_relay_has_seen_it(paths: list[str], alice: Player, way: str) -> None:
    before = [shown(paths) for _ in range(2)]
    HIDES[way](alice)
    wait_for_writes()

    after, statuses = shown(paths), [get(path).status for path in paths]

    assert before == [[True, False, True, True]] * 2
    assert (after, statuses) == ([False] * 4, [404, 404, 200, 200])


def test_a_new_name_is_shown_at_once(paths: list[str], alice: Player, visits: list[str]) -> None:
    shown(paths)
    edit_player(player_id=alice.id, display_name="Countess")
    wait_for_writes()

    named = [b"Countess" in get(path).body for path in paths]

    assert named == [True, False, True, True]
    assert visits == paths * 2


def test_the_relay_says_it_too_should_the_process_that_changed_it_have_died(
    paths: list[str], alice: Player, relay: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(paths)
    monkeypatch.setattr("apps.core.background.outbox.change_soon", lambda keys: None)
    edit_player(player_id=alice.id, visibility="private")
    still = shown(paths)
    relay()

    assert still == [True, False, True, True]
    assert shown(paths) == [False] * 4


def test_a_window_that_closes_is_listed_at_once(
    paths: list[str], game: Game, alice: Player, relay: Callable[[], int]
) -> None:
    listed = [len(get(path).json()["results"]) for path in paths[1:3]]
    make_final_place(alice, game.id, "day")
    with transaction.atomic():
        record([WindowClosed(game.id, "day", MONDAY)])
    relay()

    assert listed == [1, 1]
    assert len(get(paths[1]).json()["results"]) == 2
    assert len(get(paths[2], query="window=day").json()["results"]) == 1


def test_a_hidden_games_windows_are_hidden_at_once(paths: list[str], game: Game) -> None:
    shown(paths)
    unpublish_game(game=game)
    wait_for_writes()

    replies = [get(path) for path in paths]

    assert [reply.status for reply in replies] == [200, 200, 404, 404]
    assert replies[1].json()["results"] == []


def test_what_a_key_sees_of_whom_its_game_knows_is_its_own(paths: list[str], game: Game, alice: Player) -> None:
    token = make_key(game)
    edit_player(player_id=alice.id, visibility="private")
    make_known(alice, game)

    statuses = [get(path, token=sent).status for path in paths[:2] for sent in (token, "", token)]

    assert statuses == [200, 404, 200] * 2
