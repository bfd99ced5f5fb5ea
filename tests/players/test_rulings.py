"""Banned and untracked players: what they may do, where they stand, and that one act undoes it."""

import hashlib
import hmac
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from apps.analytics import subscribers as analytics
from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.analytics.counters.reconciliation import reconcile_counters
from apps.core.background.relay import run_step
from apps.core.models import OutboxEntry
from apps.games.auth.known_tokens import known_tokens
from apps.games.models import Achievement, AchievementCompletion, Game, TrustDecision
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.models import Standing
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.standings import player_counts
from apps.players import link_codes
from apps.players.actions.rulings import (
    AlreadyRuledError,
    ban_player,
    track_player,
    unban_player,
    untrack_player,
)
from apps.players.models import Account, Device, Player, PlayerRuling
from tests.conftest import Api
from tests.factories import (
    make_account,
    make_achievement,
    make_device,
    make_device_token,
    make_game,
    make_known,
    make_player,
    make_publishable_key,
    make_token,
)
from tests.live import is_someone_waiting, wait_until
from tests.own_database import all_differences

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]
BY = {"decided_by": "account:1", "reason": "Points from nowhere"}


@pytest.fixture
def ranked(api: Api, game: Game, alice: Player, bob: Player, relay: Relay, boards: None) -> Achievement:
    """Both have earned one achievement, and Alice another of more points."""
    achievement, other = make_achievement(game, points=10), make_achievement(game, points=30)
    for player, item in ((alice, achievement), (bob, achievement), (alice, other)):
        assert api.unlock(player, item).status_code == 201
    relay()
    return achievement


def handles_on(scope: Any) -> list[tuple[int, str]]:
    return [(row.rank, row.player.handle) for row in page_of_board(Board(scope), offset=0, limit=10).rows if row.player]


def counters() -> tuple[Any, ...]:
    refresh_completion_rates()
    completions = AchievementCompletion.objects.order_by("achievement_id")
    return (
        list(completions.values_list("unlock_count", "player_count")),
        player_counts.counts_of([PLATFORM_ID])[PLATFORM_ID],
        player_counts.platform_unlocks(),
    )


@pytest.mark.parametrize(("rule", "undo"), [(ban_player, unban_player), (untrack_player, track_player)])
def test_who_is_left_out_counts_nowhere_and_undoing_it_leaves_no_trace(
    game: Game, alice: Player, bob: Player, ranked: Achievement, relay: Relay, settings: Any, rule: Any, undo: Any
) -> None:
    before = (handles_on(game.id), handles_on(PLATFORM_ID), counters(), set(Standing.objects.values_list()))

    rule(player_id=alice.id, **BY)
    relay()

    assert handles_on(game.id) == handles_on(PLATFORM_ID) == [(1, "bob")]
    assert counters() == ([(1, 1), (0, 1)], 1, 1)
    assert (all_differences(settings), reconcile_counters(game.id)) == ([], 0)
    undo(player_id=alice.id, **BY)
    relay()
    assert (handles_on(game.id), handles_on(PLATFORM_ID), counters(), set(Standing.objects.values_list())) == before
    assert all_differences(settings) == []
    assert [row.reason for row in PlayerRuling.objects.all()] == [BY["reason"]] * 2


def test_a_ruling_undone_while_a_step_follows_it_moves_boards_and_counters_alike(
    alice: Player, ranked: Achievement, relay: Relay, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (handles_on(PLATFORM_ID), counters())
    undoing = threading.Thread(target=lambda: (track_player(player_id=alice.id, **BY), connection.close()))
    mark = analytics.mark_players_due

    def undo_meanwhile(*arguments: Any) -> None:
        """Counters have followed, boards have not."""
        mark(*arguments)
        if undoing.ident is None:
            undoing.start()
            wait_until(lambda: is_someone_waiting() or not undoing.is_alive(), "the ruling to be undone, or wait")

    monkeypatch.setattr(analytics, "mark_players_due", undo_meanwhile)
    untrack_player(player_id=alice.id, **BY)
    run_step()
    undoing.join()
    relay()

    assert (handles_on(PLATFORM_ID), counters()) == before
    assert all_differences(settings) == []


def test_an_untracked_player_plays_on_and_sees_their_own(
    api: Api, game: Game, alice: Player, ranked: Achievement, relay: Relay, as_player: Callable[[Player], Api]
) -> None:
    untrack_player(player_id=alice.id, **BY)
    new = make_achievement(game, points=5)

    assert api.unlock(alice, new).status_code == 201
    relay()

    dashboard = as_player(alice).get("players/me/dashboard").json()
    assert (dashboard["totals"]["points"], dashboard["rank"]) == (45, None)
    assert "45" in Client().get("/players/alice/").content.decode()
    assert handles_on(game.id) == [(1, "bob")]


def test_a_banned_player_stands_nowhere_and_what_a_server_reports_is_recorded(
    api: Api, game: Game, alice: Player, ranked: Achievement, relay: Relay, settings: Any, anonymous: Api
) -> None:
    make_known(alice, game)
    ban_player(player_id=alice.id, **BY)
    new = make_achievement(game, points=5)

    recorded = api.unlock(alice, new)
    relay()

    assert recorded.status_code == 201
    assert all_differences(settings) == []
    assert anonymous.get(f"players/{alice.id}").status_code == 404
    assert Client().get("/players/alice/").status_code == 404
    assert [row["handle"] for row in anonymous.get("players").json()["results"]] == ["bob"]
    refused = api.post(f"players/{alice.id}/tokens", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "player_banned")


def test_tokens_and_sessions_of_a_banned_player_end_and_the_log_in_says_why(
    api: Api, game: Game, alice: Player, ranked: Achievement, as_account: Callable[[Account], Api]
) -> None:
    alice.account = make_account(password="correct horse battery")
    alice.save()
    token, session = Api(make_token(alice, game)), as_account(alice.account)
    for caller in (token, session):
        assert caller.get("players/me").status_code == 200

    ban_player(player_id=alice.id, **BY)
    known_tokens.round()

    assert token.get("players/me").status_code == 401
    assert session.get("players/me").status_code == 401
    answer = Client().post("/accounts/login/", {"login": alice.account.email, "password": "correct horse battery"})
    assert answer.status_code == 403
    assert BY["reason"] in answer.content.decode()
    unban_player(player_id=alice.id, **BY)
    known_tokens.clear()
    assert token.get("players/me").status_code == 200


def test_lifting_a_ban_activates_no_account_that_was_deactivated_before(alice: Player) -> None:
    alice.account = make_account(is_active=False)
    alice.save()

    ban_player(player_id=alice.id, **BY)
    unban_player(player_id=alice.id, **BY)

    assert not Account.objects.get(pk=alice.account.pk).is_active


def test_a_ruling_that_changes_nothing_is_refused(alice: Player) -> None:
    with pytest.raises(AlreadyRuledError):
        unban_player(player_id=alice.id, **BY)

    assert PlayerRuling.objects.count() == 0


def code_for(player: Player) -> str:
    return link_codes.issue(player.id)


def linked() -> list[Any]:
    """Return all that linking writes."""
    tables = (Player, PlayerRuling, Device, OutboxEntry)
    return [list(model.objects.order_by("pk").values_list()) for model in tables]


def test_nobody_is_linked_with_who_was_banned_after_the_code_was_made(
    game: Game, alice: Player, bob: Player, as_player: Callable[[Player], Api], as_account: Callable[[Account], Api]
) -> None:
    device = Api(make_device_token(make_device(make_player(), game)))
    callers = [device, as_player(alice), as_account(make_account())]
    codes = [code_for(bob) for _ in callers]
    ban_player(player_id=bob.id, **BY)
    before = linked()

    refused = [caller.post("players/me/links", {"code": code}) for caller, code in zip(callers, codes, strict=True)]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "player_banned")] * 3
    assert linked() == before


def test_who_was_banned_a_moment_ago_is_linked_with_nobody(
    game: Game, alice: Player, bob: Player, as_player: Callable[[Player], Api]
) -> None:
    guest = make_player()
    callers = [Api(make_device_token(make_device(guest, game))), as_player(alice)]
    assert [caller.get("players/me").status_code for caller in callers] == [200, 200]
    for player in (guest, alice):
        ban_player(player_id=player.id, **BY)
    # As in a request that was let in before.
    Account.objects.update(is_active=True, session_salt="")
    before = linked()

    refused = [caller.post("players/me/links", {"code": code_for(bob)}) for caller in callers]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "player_banned")] * 2
    assert linked() == before


def test_a_banned_guests_device_gets_no_token(game: Game) -> None:
    guest = make_player()
    device, shipped = make_device(guest, game), Api(make_publishable_key(game))
    challenge = shipped.post(f"devices/{device.id}/challenges").json()["challenge"]
    message = f"laurel-device-proof-1\n{device.id}\n{challenge}".encode()
    ban_player(player_id=guest.id, **BY)
    seen_at = Device.objects.get().seen_at

    proof = hmac.new(b"ld_of-tests", message, hashlib.sha256).hexdigest()
    refused = shipped.post(f"devices/{device.id}/tokens", {"challenge": challenge, "proof": proof})

    assert (refused.status_code, refused.json()["code"]) == (403, "player_banned")
    assert Device.objects.get().seen_at == seen_at


@pytest.mark.parametrize("by_device", [True, False])
def test_linking_sheds_no_untracking(
    api: Api, game: Game, alice: Player, ranked: Achievement, relay: Relay, settings: Any, by_device: bool,
    as_player: Callable[[Player], Api],
) -> None:  # fmt: skip
    def differences() -> list[str]:
        # Notes stay those of the player who earned it.
        return [line for line in all_differences(settings) if not line.startswith("notification")]

    guest, new = make_player(), make_achievement(game, points=5)
    api.unlock(guest, new)
    relay()
    untrack_player(player_id=guest.id, **BY)
    caller, code = as_player(alice), code_for(guest)
    if by_device:
        caller, code = Api(make_device_token(make_device(guest, game))), code_for(alice)

    response = caller.post("players/me/links", {"code": code})
    relay()

    alice.refresh_from_db()
    assert (response.status_code, alice.untracked_at is not None, alice.is_counted) == (200, True, False)
    assert handles_on(game.id) == handles_on(PLATFORM_ID) == [(1, "bob")]
    assert list(PlayerRuling.objects.filter(player=alice).values_list("ruling", "decided_by", "reason")) == [
        ("untracked", "link", BY["reason"])
    ]
    assert (differences(), reconcile_counters(game.id)) == ([], 0)
    track_player(player_id=alice.id, **BY)
    relay()
    assert handles_on(PLATFORM_ID) == [(1, "alice"), (2, "bob")]
    assert counters() == ([(2, 2), (1, 2), (1, 2)], 2, 4)
    assert (differences(), reconcile_counters(game.id)) == ([], 0)


def test_the_command_rules_on_no_player_who_is_another_by_now(capsys: Any) -> None:
    first, last = (make_player(handle=handle) for handle in ("first", "last"))
    make_player(handle="merged", merged_into=last)

    with pytest.raises(CommandError, match=r"merged was merged into last\. Nothing was changed\."):
        call_command("rule_player", "ban", "first", "merged", "--reason", "Bots")

    first.refresh_from_db()
    assert (first.banned_at, PlayerRuling.objects.count()) == (None, 0)


def test_the_command_rules_on_several_players_or_on_none(relay: Relay, capsys: Any) -> None:
    players = [make_player(handle=handle) for handle in ("first", "second")]

    with pytest.raises(Exception, match="No player has the handle nobody"):
        call_command("rule_player", "untrack", "first", "nobody", "--reason", "Bots")
    assert PlayerRuling.objects.count() == 0
    call_command("rule_player", "untrack", "first", "SECOND", "--reason", "Bots")
    run_step()

    assert "2 of 2 players changed" in capsys.readouterr().out
    assert not Player.objects.filter(pk__in=[player.pk for player in players], is_counted=True).exists()


# What says nothing, and what nobody could read or see, with what is said of it.
BAD_REASONS = {
    " ": "Say why.",
    "\u200b": "Say why.",
    "x" * 201: "A reason may have 200 characters; this one has 201.",
    "a\x00b": "Control characters are not allowed, except line breaks and tabs.",
    "a\u202eb": "Characters that turn the direction of writing are not allowed; it follows from the letters.",
    "a\ufffdb": "This has \ufffd, which stands for bytes that are not UTF-8. Send the letter that was there.",
}


def test_the_command_rules_on_nobody_without_a_reason() -> None:
    make_player(handle="first")

    with pytest.raises(CommandError, match="--reason"):
        call_command("rule_player", "ban", "first")

    assert PlayerRuling.objects.count() == 0


@pytest.mark.parametrize("reason", list(BAD_REASONS))
@pytest.mark.parametrize("command", [("rule_player", "ban", "first"), ("set_trust", "list", "first")])
def test_commands_decide_nothing_for_a_bad_reason(command: tuple[str, ...], reason: str) -> None:
    make_player(handle="first")
    make_game(slug="first", trust="developing")

    with pytest.raises(CommandError, match=re.escape(BAD_REASONS[reason])):
        call_command(*command, "--reason", reason)

    assert (PlayerRuling.objects.count(), TrustDecision.objects.count()) == (0, 0)


@pytest.mark.parametrize("reason", list(BAD_REASONS))
@pytest.mark.parametrize(("list_", "action"), [("players/player", "ban"), ("games/game", "list_games")])
def test_the_admin_decides_nothing_for_a_bad_reason(list_: str, action: str, reason: str, admin_client: Client) -> None:
    selected = make_player() if list_ == "players/player" else make_game(trust="developing")
    form = {"action": action, "reason": reason, "_selected_action": [str(selected.pk)]}

    page = admin_client.post(f"/admin/{list_}/", form, follow=True)

    words = f"Reason, beside the action: {BAD_REASONS[reason]} Nothing was changed."
    assert [str(message) for message in page.context["messages"]] == [words]
    assert (PlayerRuling.objects.count(), TrustDecision.objects.count()) == (0, 0)
