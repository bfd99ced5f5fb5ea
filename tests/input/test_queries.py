"""A query holds what its operation describes, each once; pages ignore what they don't know."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from achievements_site.wsgi import LEAN_PREFIXES
from apps.games.models import Achievement, Game
from apps.leaderboards.repair.rebuild import rebuild_boards
from apps.players.models import Account, Player, Region
from tests.api.test_auth_matrix import MATRIX
from tests.conftest import Api
from tests.factories import make_account
from tests.input.bodies import World
from tests.input.described import operations
from tests.input.test_addresses import filled
from tests.stacks import SiteClient, paths

OPERATIONS = {
    (method, path): [item["name"] for item in operation.get("parameters", ()) if item["in"] == "query"]
    for method, path, operation in operations()
    if path != "players/me/notifications/stream"
}


def send(world: World, method: str, path: str, query: str) -> Any:
    people = {"S", "TS"}
    caller = world.owner if MATRIX[path][method][0] in people else world.server
    caller = {"P": world.shipped, "D": world.device.api}.get(MATRIX[path][method][0], caller)
    if path.startswith(("players/me", "players/{player_id}/socket")):
        caller = world.person
    target = filled(re.sub(r"{(\w+)}", r"<\1>", path), world)
    return caller.request(method, f"{target}?{query}", None if method == "GET" else {})


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda text: text)
def test_a_parameter_that_is_not_described_is_refused(world: World, method: str, path: str) -> None:
    response = send(world, method, path, "utm_source=mail")

    assert (response.status_code, response.json()["code"]) == (400, "invalid"), response.content
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [("utm_source", "unknown")]


@pytest.mark.parametrize("path", ["ping", "schema/"])
def test_an_address_without_an_operation_takes_no_parameter(anonymous: Api, path: str) -> None:
    response = anonymous.get(f"{path}?utm_source=mail")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [("utm_source", "unknown")]


@pytest.mark.parametrize(
    ("method", "path", "name"), [(*key, name) for key, names in OPERATIONS.items() for name in names]
)
@pytest.mark.parametrize("value", ["%ED%A0%80", "%FF", "%C3"])
def test_what_is_no_text_is_refused_by_the_parameters_name(
    world: World, method: str, path: str, name: str, value: str
) -> None:
    response = send(world, method, path, f"{name}={value}")

    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(name, "not_utf8")]


@pytest.mark.parametrize(
    ("method", "path", "name"), [(*key, name) for key, names in OPERATIONS.items() for name in names]
)
def test_a_parameter_said_twice_is_refused_or_united_and_a_misspelt_one_guessed(
    world: World, method: str, path: str, name: str
) -> None:
    misspelt = name[0] + name[2] + name[1] + name[3:] if len(name) > 2 and name[1] != name[2] else name + "s"
    typo = send(world, method, path, f"{misspelt}=1").json()["errors"][0]

    twice = send(world, method, path, f"{name}=1&{name}=1").json()["errors"][0]

    assert name == "q" or f"Did you mean {name}?" in typo["detail"]
    assert twice["code"] == "repeated" or name in {"region", "players"}


def test_repeated_regions_are_united(
    api: Api, game: Game, achievement: Achievement, alice: Player, bob: Player
) -> None:
    for player in (alice, bob):
        api.unlock(player, achievement)
    rebuild_boards()

    commas = api.get(f"leaderboards/{game.id}?region=EU,NA")
    twice = api.get(f"leaderboards/{game.id}?region=NA&region=EU")

    assert twice.json() == commas.json()
    assert twice.json()["board"]["region"] == "EU,NA"


@pytest.mark.parametrize(
    ("guess", "meant"),
    [("page", "cursor"), ("offset", "cursor"), ("after", "cursor"), ("limit", "page_size"), ("per_page", "page_size")],
)
@pytest.mark.parametrize("path", [path for (_, path), names in OPERATIONS.items() if "cursor" in names])
def test_lists_by_cursor_say_what_others_call_it(world: World, path: str, guess: str, meant: str) -> None:
    if guess in OPERATIONS["GET", path]:
        return

    detail = send(world, "GET", path, f"{guess}=2").json()["errors"][0]["detail"]

    assert f"Did you mean {meant}?" in detail


def test_a_page_by_number_says_what_others_call_it(anonymous: Api) -> None:
    details = [anonymous.get(f"leaderboards/global?{name}=2").json()["detail"] for name in ("offset", "limit")]

    assert ["Did you mean page?" in details[0], "Did you mean page_size?" in details[1]] == [True, True]


def test_every_page_refuses_more_parameters_than_it_reads(game: Game, alice: Player) -> None:
    client = SiteClient()
    client.force_login(Account.objects.create_superuser(email="boss@example.com", password="boss"))
    pages = [path for path in paths(game, alice) if not path.startswith(LEAN_PREFIXES)]

    responses = {path: client.get(f"{path}?{'a&' * 1001}") for path in pages}

    assert {path: response.status_code for path, response in responses.items() if response.status_code != 400} == {}
    assert [
        path for path, response in responses.items() if "The request could not be read." not in text_of(response)
    ] == []
    assert len(pages) > 50


def test_a_form_of_more_fields_than_are_read_is_refused(db: None) -> None:
    response = SiteClient().post("/accounts/login/", "a&" * 1001, content_type="application/x-www-form-urlencoded")

    assert (response.status_code, "The request could not be read." in text_of(response)) == (400, True)


def test_no_page_repeats_what_it_does_not_know(game: Game, alice: Player, settings: Any) -> None:
    settings.PUBLIC_URL = "https://laurel.example"
    account = make_account()
    game.studio.memberships.create(account=account, role="owner")
    Player.objects.filter(pk=alice.pk).update(account=account)
    stranger, member = SiteClient(), SiteClient()
    member.force_login(account)
    pages = [path for path in paths(game, alice) if not path.startswith((*LEAN_PREFIXES, "/admin/"))]

    responses = {
        path: (stranger if path.startswith("/accounts/") else member).get(f"{path}?utm_source=zzmailzz")
        for path in pages
    }

    assert [path for path, response in responses.items() if "zzmailzz" in text_of(response)] == []


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("region=XX", ""),
        ("window=year", ""),
        ("window=all&region=&page=1", ""),
        ("page=0", ""),
        ("page=x&region=EU", "?region=EU"),
        ("region=NA&region=EU", "?region=EU%2CNA"),
        ("region=NA,XX&region=EU&window=week", "?window=week&amp;region=EU%2CNA"),
        (f"region={','.join(Region.values)}", ""),
        ("utm_source=mail&page=2&region=EU&window=week", "?window=week&amp;region=EU&amp;page=2"),
    ],
)
def test_addresses_of_a_board_hold_what_chooses_it_alone(game: Game, settings: Any, query: str, canonical: str) -> None:
    settings.PUBLIC_URL = "https://laurel.example"

    page = Client().get(f"/leaderboards/{game.slug}/?{query}").content.decode()

    assert f'<link rel="canonical" href="https://laurel.example/leaderboards/{game.slug}/{canonical}">' in page
    assert f'data-live-url="/leaderboards/{game.slug}/{canonical}"' in page


def test_a_page_unites_regions_as_the_api_does(
    api: Api, game: Game, achievement: Achievement, alice: Player, bob: Player, charlie: Player,
    relay: Callable[[], int],
) -> None:  # fmt: skip
    Player.objects.filter(pk=charlie.pk).update(region="AS")
    for player in (alice, bob, charlie):
        api.unlock(player, achievement)
    relay()

    for query in ("region=NA&region=EU", "region=EU,NA"):
        page = Client().get(f"/leaderboards/{game.slug}/?{query}")

        expected = api.get(f"leaderboards/{game.id}?{query}").json()
        assert [row.player.handle for row in page.context["rows"]] == [
            row["player"]["handle"] for row in expected["results"]
        ]
        assert len(expected["results"]) == 2
        assert "Europe and North America" in page.content.decode()


def test_what_others_put_behind_the_address_of_a_page_changes_nothing(game: Game, settings: Any) -> None:
    settings.PUBLIC_URL = "https://laurel.example"
    for path in ("/", "/games/", f"/games/{game.slug}/", "/docs/"):
        plain, tagged = Client().get(path), Client().get(f"{path}?utm_source=mail&fbclid=x%22y")

        assert tagged.status_code == 200
        assert f'<link rel="canonical" href="https://laurel.example{path}">' in tagged.content.decode()
        assert without_nonces(tagged) == without_nonces(plain)


def test_the_address_of_a_board_keeps_what_chooses_it(game: Game, settings: Any) -> None:
    settings.PUBLIC_URL = "https://laurel.example"
    address = f"https://laurel.example/leaderboards/{game.slug}/?window=week&amp;region=EU&amp;page=2"

    page = Client().get(f"/leaderboards/{game.slug}/?fbclid=1&page=2&region=EU&window=week").content.decode()

    assert f'<link rel="canonical" href="{address}">' in page


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def without_nonces(response: Any) -> str:
    text = re.sub(r'(nonce|csrfmiddlewaretoken" value|csrf-token)="?[^"]+"', "", response.content.decode())
    return text.replace("?utm_source=mail&amp;fbclid=x%22y", "")
