"""New names and handles: by people, by games, and what happens to a handle that was given up."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from apps.core.background.scheduled_jobs import run_due
from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.players import handles
from apps.players.actions import create_player, edit_player
from apps.players.errors import HandleTakenError
from apps.players.handles import RESERVED, shape_of
from apps.players.models import Account, Player, Rename
from apps.players.scheduled import delete_renames
from tests.conftest import Api
from tests.factories import make_account, make_known, make_player

pytestmark = pytest.mark.django_db
AsPlayer = Callable[[Player], Api]
DAY = datetime(2026, 11, 29, 12, tzinfo=UTC)


def names_of(player: Player) -> tuple[str, str]:
    player.refresh_from_db()
    return player.handle, player.display_name


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def page_of(handle: str, client: Client | None = None) -> tuple[int, str]:
    response = (client or Client()).get(f"/players/{handle}/")
    return response.status_code, response.get("Location", "")


@pytest.fixture
def mira(db: None) -> Player:
    return make_player(handle="mira", display_name="Mira", account=make_account())


# People.


def test_people_change_their_handle_and_name(as_player: AsPlayer, mira: Player) -> None:
    changed = as_player(mira).patch("players/me", {"handle": "Mirabel", "display_name": "Mira \u0130."})

    assert (changed.status_code, changed.json()["handle"], changed.json()["display_name"]) == (
        200,
        "Mirabel",
        "Mira \u0130.",
    )
    assert names_of(mira) == ("Mirabel", "Mira \u0130.")
    assert [entry.kind for entry in OutboxEntry.objects.all()] == ["profile_changed"]


def test_a_former_handle_leads_to_its_player_for_ninety_days(mira: Player) -> None:
    with time_machine.travel(DAY):
        edit_player(player_id=mira.id, handle="mirabel")
        edit_player(player_id=mira.id, handle="mirror")

        assert page_of("mira") == (302, "/players/mirror/")
        assert page_of("MIRA") == (302, "/players/mirror/")
        assert page_of("mirabel") == (302, "/players/mirror/")
        # Looks like it, and nobody's.
        assert page_of("m1ra") == (404, "")
    with time_machine.travel(DAY + timedelta(days=89, hours=23)):
        assert page_of("mira") == (302, "/players/mirror/")
    with time_machine.travel(DAY + timedelta(days=90, seconds=1)):
        assert page_of("mira") == (404, "")


def test_a_former_handle_leads_only_those_who_may_see_its_player(mira: Player) -> None:
    edit_player(player_id=mira.id, handle="mirabel", visibility="private")
    own = Client()
    own.force_login(mira.account)  # type: ignore[arg-type]

    assert page_of("mira") == (404, "")
    assert page_of("mira", own) == (302, "/players/mirabel/")


def test_a_former_handle_of_a_merged_player_leads_to_whom_they_became(mira: Player, alice: Player) -> None:
    edit_player(player_id=mira.id, handle="mirabel")
    Player.objects.filter(pk=mira.pk).update(merged_into=alice)

    assert page_of("mira") == (302, "/players/alice/")


@pytest.mark.parametrize("wanted", ["mira", "MIRA", "M1ra", "mlra", "rnira"])
def test_nobody_else_takes_a_former_handle_until_it_is_free(
    as_player: AsPlayer, api: Api, mira: Player, alice: Player, wanted: str
) -> None:
    with time_machine.travel(DAY):
        edit_player(player_id=mira.id, handle="beacon")
    with time_machine.travel(DAY + timedelta(days=89)):
        by_player = as_player(alice).patch("players/me", {"handle": wanted})
        by_game = api.put("players/by-external-id/7", {"handle": wanted})

    assert refusal(by_player) == refusal(by_game) == (409, "handle_taken")
    assert by_player.json()["errors"][0]["pointer"] == "/handle"
    assert names_of(alice) == ("alice", "Alice")
    assert Player.objects.count() == 2
    with time_machine.travel(DAY + timedelta(days=91)):
        assert as_player(alice).patch("players/me", {"handle": wanted}).status_code == 200


def test_its_player_takes_a_former_handle_back(as_player: AsPlayer, mira: Player) -> None:
    me = as_player(mira)
    me.patch("players/me", {"handle": "beacon"})

    response = me.patch("players/me", {"handle": "mira"})

    assert response.json()["handle"] == "mira"
    assert page_of("mira")[0] == 200
    assert page_of("beacon") == (302, "/players/mira/")


def test_a_change_of_case_gives_nothing_up(as_player: AsPlayer, mira: Player) -> None:
    as_player(mira).patch("players/me", {"handle": "MIRA"})

    assert names_of(mira)[0] == "MIRA"
    assert page_of("mira") == (301, "/players/MIRA/")
    assert list(Rename.objects.values_list("handle", "handle_digest")) == [("", "")]


@pytest.mark.parametrize(
    ("taken", "alike"),
    [("ninja", "n1nja"), ("Iris", "lris"), ("iris", "Lris"), ("modern", "rnodem"), ("zero", "Zer0"), ("oil", "011")],
)
def test_a_handle_that_can_pass_for_anothers_is_refused(
    as_player: AsPlayer, api: Api, alice: Player, taken: str, alike: str
) -> None:
    create_player(handle=taken, display_name="First", region="EU")

    assert refusal(as_player(alice).patch("players/me", {"handle": alike})) == (409, "handle_taken")
    assert refusal(api.put("players/by-external-id/7", {"handle": alike})) == (409, "handle_taken")
    assert names_of(alice)[0] == "alice"
    assert Player.objects.count() == 2


def test_ones_own_handle_may_be_written_as_what_it_looks_like(as_player: AsPlayer, mira: Player) -> None:
    assert as_player(mira).patch("players/me", {"handle": "m1ra"}).status_code == 200
    assert page_of("mira") == (302, "/players/m1ra/")


@pytest.mark.parametrize("wanted", ["admin", "Support", "laurel", "1aurel", "adrnin", "leaderboards", "p0rtal"])
def test_reserved_handles_and_their_likes_are_refused(
    as_player: AsPlayer, api: Api, alice: Player, wanted: str
) -> None:
    assert refusal(as_player(alice).patch("players/me", {"handle": wanted})) == (409, "handle_reserved")
    assert refusal(api.put("players/by-external-id/7", {"handle": wanted})) == (409, "handle_reserved")
    assert names_of(alice)[0] == "alice"
    assert Player.objects.count() == 1


def first_segments(patterns: Any) -> set[str]:
    """The first part of every address of the site."""
    found = set()
    for item in patterns:
        word = str(item.pattern).lstrip("^/").split("/")[0].removesuffix("$")
        found |= first_segments(item.url_patterns) if word == "" and hasattr(item, "url_patterns") else {word}
    return found


def test_the_addresses_of_the_site_are_reserved() -> None:
    segments = first_segments(get_resolver().url_patterns)

    words = {word for word in segments if re.fullmatch("[a-z0-9][a-z0-9_-]{2,23}", word)} | {"static"}
    assert words > {"accounts", "admin", "api", "docs", "games", "health", "leaderboards", "players", "portal"}
    assert words - RESERVED == set()


def test_the_shapes_are_those_of_the_library() -> None:
    groups: dict[str, set[str]] = {}
    for character in handles.LETTERS:
        groups.setdefault(shape_of(character), set()).add(character)

    assert sorted("".join(sorted(group)) for group in groups.values() if len(group) > 2) == ["0Oo", "1ILil"]
    assert shape_of("m") == shape_of("rn") == "rn"


@pytest.mark.parametrize("handle", ["ab", "-ab", "a b", "a.b", "m\u0456ra", "\uff4dira", "a" * 25, "mira\u200b", ""])
def test_handles_are_plain_letters(as_player: AsPlayer, mira: Player, handle: str) -> None:
    response = as_player(mira).patch("players/me", {"handle": handle})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/handle")
    assert names_of(mira)[0] == "mira"


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        (FAMILY * 32, True),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" * 20, True),
        ("\u0e01\u0e33" * 40, True),
        ("a" * 40, True),
        ("a" * 41, False),
        ("\U0001f642" * 41, False),
        ("a" + "\u0301" * 161, False),
    ],
)
def test_a_names_length_is_what_people_see(as_player: AsPlayer, mira: Player, name: str, is_taken: bool) -> None:
    response = as_player(mira).patch("players/me", {"display_name": name})

    if is_taken:
        assert (response.status_code, names_of(mira)[1]) == (200, name)
    else:
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/display_name")
        assert names_of(mira)[1] == "Mira"


def test_a_handle_changes_three_times_in_thirty_days(as_player: AsPlayer, mira: Player) -> None:
    me = as_player(mira)
    with time_machine.travel(DAY, tick=False):
        taken = [me.patch("players/me", {"handle": f"mira-{word}"}).status_code for word in ("one", "two", "six")]
        refused = me.patch("players/me", {"handle": "mira-ten"})

    assert taken == [200] * 3
    assert refusal(refused) == (429, "renamed_too_often")
    assert refused["Retry-After"] == str(30 * 24 * 3600 + 1)
    assert names_of(mira)[0] == "mira-six"
    with time_machine.travel(DAY + timedelta(days=30, seconds=1)):
        assert me.patch("players/me", {"handle": "mira-ten"}).status_code == 200


def test_people_change_their_name_ten_times_a_day(as_player: AsPlayer, mira: Player) -> None:
    me = as_player(mira)
    with time_machine.travel(DAY, tick=False):
        taken = [me.patch("players/me", {"display_name": f"Mira {number}"}).status_code for number in range(10)]
        refused = me.patch("players/me", {"display_name": "Mira again", "region": "AS"})
        same = me.patch("players/me", {"display_name": "Mira 9"})

    assert taken == [200] * 10
    assert (refusal(refused), refused["Retry-After"]) == ((429, "renamed_too_often"), str(24 * 3600 + 1))
    assert same.status_code == 200
    mira.refresh_from_db()
    assert (mira.display_name, mira.region) == ("Mira 9", "EU")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_one_handle_or_its_like_one_gets_it(mira: Player) -> None:
    players, barrier = [make_player() for _ in range(6)], Barrier(7)
    wanted = ["beacon", "beac0n", "mira", "m1ra", "BEACON", "rnira"]

    def give_up() -> None:
        barrier.wait()
        edit_player(player_id=mira.id, handle="mirabel")
        connection.close()

    def take(player: Player, handle: str) -> bool:
        barrier.wait()
        try:
            edit_player(player_id=player.id, handle=handle)
        except HandleTakenError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(7) as pool:
        giving_up = pool.submit(give_up)
        taken = list(pool.map(take, players, wanted))
        giving_up.result()

    assert [
        handle
        for handle, is_taken in zip(wanted, taken, strict=True)
        if is_taken and shape_of(handle) == shape_of("mira")
    ] == []
    assert sum(taken) == 1
    assert Player.objects.get(pk=mira.pk).handle == "mirabel"


# Games.


def test_a_game_renames_its_players_who_have_no_account(api: Api, game: Game) -> None:
    player = make_known(make_player(handle="wren"), game)

    response = api.patch(f"players/{player.id}", {"handle": "sparrow", "display_name": "Sparrow", "region": "OC"})

    assert response.status_code == 200
    assert api.get(f"players/{player.id}").json() == response.json()
    player.refresh_from_db()
    assert (player.handle, player.display_name, player.region) == ("sparrow", "Sparrow", "OC")
    assert page_of("wren") == (302, "/players/sparrow/")
    assert api.patch(f"players/{player.id}", {}).json() == response.json()


def test_a_game_that_describes_its_player_anew_gives_the_old_handle_up(api: Api) -> None:
    api.put("players/by-external-id/7", {"handle": "wren"})
    api.put("players/by-external-id/7", {"handle": "sparrow"})

    assert page_of("wren") == (302, "/players/sparrow/")


@pytest.mark.parametrize("change", [{"handle": "sparrow"}, {"display_name": "Sparrow"}, {"region": "OC"}, {}])
def test_a_player_with_an_account_is_refused_to_games(api: Api, game: Game, mira: Player, change: Any) -> None:
    make_known(mira, game)

    response = api.patch(f"players/{mira.id}", change)

    assert refusal(response) == (409, "player_has_account")
    assert names_of(mira) == ("mira", "Mira")
    assert (Rename.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_a_game_renames_nobody_it_does_not_know(api: Api, test_api: Api, game: Game, alice: Player) -> None:
    known = make_known(make_player(handle="wren"), game)

    assert refusal(api.patch(f"players/{alice.id}", {"handle": "sparrow"})) == (404, "player_not_found")
    assert refusal(test_api.patch(f"players/{known.id}", {"handle": "sparrow"})) == (404, "player_not_found")
    assert names_of(alice)[0] == "alice"
    assert names_of(known)[0] == "wren"


@pytest.mark.parametrize(("member", "value"), [("time_zone", "UTC"), ("visibility", "private"), ("number", 7)])
def test_a_game_changes_nothing_else(api: Api, game: Game, member: str, value: Any) -> None:
    player = make_known(make_player(), game)

    response = api.patch(f"players/{player.id}", {member: value, "region": "OC"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, f"/{member}")
    player.refresh_from_db()
    assert player.region == "EU"


# What follows, and what is left.


def test_boards_and_dashboards_show_a_new_name_at_once(
    api: Api,
    anonymous: Api,
    as_player: AsPlayer,
    relay: Callable[[], int],
    boards: None,
    game: Game,
    achievement: Achievement,
    mira: Player,
) -> None:
    api.unlock(mira, achievement)
    relay()
    paths = (f"leaderboards/{game.id}", "leaderboards/global")

    def shown() -> list[tuple[str, str]]:
        rows = [anonymous.get(path).json()["results"][0]["player"] for path in paths]
        rows.append(anonymous.get(f"players/{mira.id}").json())
        rows.append(anonymous.get("players").json()["results"][0])
        return [(row["handle"], row["display_name"]) for row in rows]

    before = shown()
    page = Client().get("/leaderboards/global/").content.decode()
    as_player(mira).patch("players/me", {"handle": "beacon", "display_name": "Beacon"})
    relay()

    assert before == [("mira", "Mira")] * 4
    assert "/players/mira/" in page
    assert shown() == [("beacon", "Beacon")] * 4
    assert "/players/beacon/" in Client().get("/leaderboards/global/").content.decode()


def test_the_nightly_job_deletes_what_has_ended(as_player: AsPlayer, mira: Player) -> None:
    with time_machine.travel(DAY):
        as_player(mira).patch("players/me", {"handle": "beacon"})
        as_player(mira).patch("players/me", {"display_name": "Beacon"})
    with time_machine.travel(DAY + timedelta(days=2, hours=12)):
        run_due(delete_renames, moment=DAY + timedelta(days=2, hours=12))
        assert list(Rename.objects.values_list("handle", flat=True)) == ["mira"]

    run_due(delete_renames, moment=DAY + timedelta(days=92))

    assert Rename.objects.count() == 0


def stored_texts() -> str:
    """All that the tables of players hold."""
    return str([list(model.objects.values()) for model in (Player, Rename, Account)])


def test_a_deleted_account_leaves_no_name_and_frees_no_handle(rf: Any, as_player: AsPlayer, mira: Player) -> None:
    edit_player(player_id=mira.id, handle="beacon", display_name="Lighthouse")
    account = Account.objects.get(pk=mira.account_id)

    site._registry[Account].delete_queryset(rf.get("/"), Account.objects.filter(pk=account.pk))

    assert not Account.objects.filter(pk=account.pk).exists()
    texts = stored_texts().lower()
    assert [word for word in ("mira", "beacon", "lighthouse") if word in texts] == []
    handle, display_name = names_of(mira)
    assert handle == display_name
    assert handle.startswith("player-")
    assert (page_of("mira"), page_of("beacon")) == ((404, ""), (404, ""))
    other = as_player(make_player())
    assert [refusal(other.patch("players/me", {"handle": word})) for word in ("mira", "Beac0n")] == [
        (409, "handle_taken")
    ] * 2


def test_a_deleted_player_leaves_no_name_and_frees_no_handle(
    rf: Any, as_player: AsPlayer, relay: Callable[[], int]
) -> None:
    player = make_player(handle="mira", display_name="Lighthouse")
    edit_player(player_id=player.id, handle="beacon")

    site._registry[Player].delete_model(rf.get("/"), Player.objects.get(pk=player.pk))

    assert [word for word in ("mira", "beacon", "Lighthouse") if word in stored_texts()] == []
    relay()
    assert not Player.objects.filter(pk=player.pk).exists()
    other = as_player(make_player())
    assert [refusal(other.patch("players/me", {"handle": word})) for word in ("mira", "beacon")] == [
        (409, "handle_taken")
    ] * 2


def test_a_handle_that_an_operator_changes_is_held_too(admin_client: Client, mira: Player) -> None:
    form = {"handle": "beacon", "display_name": "Mira", "time_zone": "UTC", "visibility": "public"}

    taken = admin_client.post(f"/admin/players/player/{mira.id}/change/", form | {"account": mira.account_id})
    refused = admin_client.post(f"/admin/players/player/{mira.id}/change/", form | {"handle": "Adm1n"})

    assert (taken.status_code, refused.status_code) == (302, 200)
    assert "reserved" in refused.content.decode()
    assert names_of(mira)[0] == "beacon"
    assert page_of("mira") == (302, "/players/beacon/")


def test_a_new_secret_key_keeps_handles_held_while_the_old_one_is_a_fallback(settings: Any, mira: Player) -> None:
    edit_player(player_id=mira.id, handle="beacon")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8

    assert page_of("mira") == (302, "/players/beacon/")
    with pytest.raises(HandleTakenError):
        create_player(handle="mira", display_name="Other", region="EU")
