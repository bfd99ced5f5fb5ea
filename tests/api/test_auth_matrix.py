"""Who may call what: one table of every route of the API against every kind of caller.

A letter lets a caller in: A anyone, K a live key, P a publishable key, T a player's token, V one that somebody vouches
for, D one that a device minted, S a log-in; k a test key as well. A key with all scopes is let in where a key is; the
scope it needs stands behind. A publishable key may what anyone may.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

from apps.core.api.auth.callers import Access, Scope
from apps.core.api.openapi.document import document
from apps.core.api.views import ApiView
from apps.games.models import Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_device, make_device_token, make_key, make_publishable_key

READ, WRITE, PLAYERS = Scope.READ, Scope.UNLOCKS_WRITE, Scope.PLAYERS_WRITE
DEFINE, REVOKE, ANNOUNCE = Scope.DEFINITIONS_WRITE, Scope.UNLOCKS_REVOKE, Scope.ANNOUNCEMENTS_WRITE
PUBLIC = ("AKkTS", READ)
MINE = ("TS", None)
MAKERS = ("KS", DEFINE)
IMPORTERS = ("KS", Scope.IMPORT)
PEOPLE = ("S", None)
SHIPPED = ("P", None)

MATRIX: dict[str, dict[str, tuple[str, Scope | None]]] = {
    "achievements/unlock": {"POST": ("KkT", WRITE)},
    "achievements/unlock/batch": {"POST": ("KkT", WRITE)},
    "achievements/journal": {"GET": ("D", None), "POST": ("D", None)},
    "achievements/progress": {"POST": ("KkT", WRITE)},
    "achievements/progress/batch": {"POST": ("KkT", WRITE)},
    "asyncapi.json": {"GET": PUBLIC},
    "compare": {"GET": ("AKTS", READ)},
    "devices/{device_id}/challenges": {"POST": SHIPPED},
    "devices/{device_id}/tokens": {"POST": SHIPPED},
    "games": {"GET": PUBLIC},
    "games/{game}": {"GET": PUBLIC},
    "games/{game_id}/achievements": {"GET": PUBLIC},
    "games/{game_id}/achievements/{achievement}": {"GET": PUBLIC},
    "guests": {"POST": SHIPPED},
    "leaderboards/global": {"GET": PUBLIC},
    "leaderboards/global/closed": {"GET": PUBLIC},
    "leaderboards/global/closed/{window}/{opened_on}": {"GET": PUBLIC},
    "leaderboards/global/players/{player_id}/history": {"GET": PUBLIC},
    "leaderboards/{game_id}/closed": {"GET": PUBLIC},
    "leaderboards/{game_id}/closed/{window}/{opened_on}": {"GET": PUBLIC},
    "leaderboards/{game_id}/players/{player_id}/history": {"GET": PUBLIC},
    "players/{player}/medals": {"GET": ("AKTS", READ)},
    "players/{player}/games/{game_id}/completion": {"GET": ("AKTS", READ)},
    "leaderboards/global/friends": {"GET": ("KTS", READ)},
    "leaderboards/global/players/{player_id}": {"GET": PUBLIC},
    "leaderboards/{game_id}": {"GET": PUBLIC},
    "leaderboards/{game_id}/friends": {"GET": ("KTS", READ)},
    "leaderboards/{game_id}/players/{player_id}": {"GET": PUBLIC},
    "manage/games": {"GET": MAKERS},
    "manage/games/{game_id}": {"GET": MAKERS, "PATCH": MAKERS},
    "manage/games/{game_id}/achievements": {"GET": MAKERS, "POST": MAKERS},
    "manage/games/{game_id}/achievements/order": {"PUT": MAKERS},
    "manage/games/{game_id}/achievements/{achievement}": {"GET": MAKERS, "PATCH": MAKERS, "DELETE": MAKERS},
    "manage/games/{game_id}/achievements/{achievement}/archive": {"POST": MAKERS},
    "manage/games/{game_id}/achievements/{achievement}/publish": {"POST": MAKERS},
    "manage/games/{game_id}/achievements/{achievement}/draft": {"DELETE": MAKERS},
    "manage/games/{game_id}/achievements/{achievement}/history": {"GET": MAKERS},
    "manage/games/{game_id}/achievements/{achievement}/history/{entry_id}/restore": {"POST": MAKERS},
    "manage/games/{game_id}/changes": {"GET": MAKERS},
    "manage/games/{game_id}/changes/publish": {"POST": MAKERS},
    "manage/games/{game_id}/history": {"GET": MAKERS},
    "manage/games/{game_id}/publications": {"GET": MAKERS},
    "manage/games/{game_id}/publications/{publication_id}": {"DELETE": MAKERS},
    "manage/games/{game_id}/announcements": {"GET": ("KS", ANNOUNCE), "POST": ("KS", ANNOUNCE)},
    "manage/games/{game_id}/announcements/{announcement_id}/withdraw": {"POST": ("KS", ANNOUNCE)},
    "manage/games/{game_id}/definitions": {"GET": MAKERS, "PUT": MAKERS},
    "manage/games/{game_id}/keys": {"GET": ("S", None), "POST": ("S", None)},
    "manage/games/{game_id}/keys/{key_id}/revoke": {"POST": ("S", None)},
    "manage/games/{game_id}/revocations": {"GET": ("KS", REVOKE), "POST": ("KS", REVOKE)},
    "manage/games/{game_id}/revocations/{revocation_id}": {"GET": ("KS", REVOKE)},
    "manage/games/{game_id}/revocations/{revocation_id}/restore": {"POST": ("KS", REVOKE)},
    "manage/games/{game_id}/sets": {"GET": MAKERS, "POST": MAKERS},
    "manage/games/{game_id}/sets/order": {"PUT": MAKERS},
    "manage/games/{game_id}/sets/{achievement_set}": {"GET": MAKERS, "PATCH": MAKERS, "DELETE": MAKERS},
    "manage/games/{game_id}/statistics": {"GET": MAKERS},
    "manage/games/{game_id}/unlock-imports": {"GET": IMPORTERS, "POST": IMPORTERS},
    "manage/games/{game_id}/unlock-imports/{import_id}": {"GET": IMPORTERS},
    "manage/games/{game_id}/unlock-imports/{import_id}/finish": {"POST": IMPORTERS},
    "manage/games/{game_id}/unlock-imports/{import_id}/unlocks": {"POST": IMPORTERS},
    "manage/games/{game_id}/webhooks": {"GET": PEOPLE, "POST": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}": {"GET": PEOPLE, "PATCH": PEOPLE, "DELETE": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}/deliveries": {"GET": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}/deliveries/{delivery_id}": {"GET": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/resend": {"POST": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}/resend-failed": {"POST": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}/rotate-secret": {"POST": PEOPLE},
    "manage/games/{game_id}/webhooks/{webhook_id}/test": {"POST": PEOPLE},
    "players": {"GET": PUBLIC},
    "players/by-external-id/{external_id}": {"GET": ("Kk", READ), "PUT": ("Kk", PLAYERS)},
    "players/me": {"GET": MINE, "PATCH": ("S", None)},
    "players/me/blocks": {"GET": MINE},
    "players/me/blocks/{player_id}": {"PUT": MINE, "DELETE": MINE},
    "players/me/devices": {"GET": MINE},
    "players/me/devices/{device_id}": {"DELETE": MINE},
    "players/me/followed-boards": {"GET": MINE},
    "players/me/followed-boards/global/{window}": {"PUT": MINE, "DELETE": MINE},
    "players/me/followed-boards/{game_id}/{window}": {"PUT": MINE, "DELETE": MINE},
    "players/me/followers": {"GET": MINE},
    "players/me/following": {"GET": MINE},
    "players/me/following/{player_id}": {"PUT": ("VS", None), "DELETE": MINE},
    "players/me/links": {"POST": ("DS", None)},
    "players/me/notifications": {"GET": MINE},
    "players/me/notifications/read": {"POST": MINE},
    "players/me/notifications/{seq}/unlocks": {"GET": MINE},
    "players/me/notifications/stream": {"GET": MINE},
    "players/me/preferences": {"GET": ("S", None), "PUT": ("S", None)},
    "players/me/tokens": {"GET": PEOPLE, "POST": PEOPLE},
    "players/me/tokens/{token_id}": {"DELETE": PEOPLE},
    "players/{player_id}": {"GET": PUBLIC, "PATCH": ("Kk", PLAYERS)},
    "players/{player_id}/link-codes": {"POST": ("KT", PLAYERS)},
    "players/{player_id}/socket-ticket": {"POST": ("KkTS", READ)},
    "players/{player_id}/tokens": {"POST": ("Kk", PLAYERS)},
    "players/{player}/dashboard": {"GET": ("AKTS", READ)},
    "players/{player}/playtime": {"POST": ("KV", WRITE)},
    "players/{player}/progress": {"GET": ("KkTS", READ)},
    "players/{player}/statistics": {"GET": ("AKTS", READ)},
    "players/{player}/unlocks": {"GET": PUBLIC},
}
NOT_VIEWS = {"ping", "schema/"}
# What a token of a test key may call is what a test key may.
CALLERS = (
    "anyone", "bad key", "live key", "live key without scopes", "test key", "publishable key", "publishable test key",
    "token", "device's token", "person",
)  # fmt: skip


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, prefix + str(item.pattern))
        elif isinstance(item, URLPattern):
            yield prefix + str(item.pattern), item.callback


def api_routes() -> dict[str, type[ApiView]]:
    """Return the view class of every route below /api/v1/, by its path with the names of what varies."""
    found = {}
    for route, callback in routes(get_resolver().url_patterns):
        if route.startswith("api/v1/") and (name := plain(route.removeprefix("api/v1/"))) not in NOT_VIEWS:
            found[name] = callback.view_class
    return found


def plain(route: str) -> str:
    """Return a Django route with the names alone of what varies."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def letters(access: Access) -> str:
    key = "" if access.key is None else "Kk" if access.test_keys else "K"
    token = ("V" if access.vouched else "T") * access.token + "D" * access.device
    return "A" * access.anonymous + key + "P" * access.publishable + token + "S" * access.session


def test_every_route_stands_in_the_table_as_its_view_declares_it() -> None:
    declared = {
        route: {method: (letters(access), access.key) for method, access in view.access.items()}
        for route, view in api_routes().items()
    }

    assert declared == MATRIX


def test_every_handler_has_its_access() -> None:
    for route, view in api_routes().items():
        handlers = {method.upper() for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)}

        assert handlers == set(view.access), route


def test_every_address_says_which_methods_it_takes(db: None, game: Game, bob: Player) -> None:
    declared = MATRIX | {route: {"GET": PUBLIC} for route in NOT_VIEWS}

    responses = {route: Api().request("OPTIONS", filled(route, game.id, bob.id)) for route in declared}

    allowed = {route: set(response["Allow"].split(", ")) for route, response in responses.items()}
    assert {(response.status_code, response.content) for response in responses.values()} == {(204, b"")}
    assert allowed == {
        route: {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])} for route, methods in declared.items()
    }


def test_the_description_says_the_same_of_every_operation() -> None:
    names = {
        **{letter: {"PlayerToken"} for letter in "TVD"},
        "K": {"ApiKey"},
        "P": {"PublishableKey"},
        "S": {"Session"},
        "A": {"", "PublishableKey"},
    }
    described = {
        (path.removeprefix("/api/v1/"), method.upper()): {next(iter(scheme), "") for scheme in operation["security"]}
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }

    assert described == {
        (route, method): {name for letter in let_in if letter != "k" for name in names[letter]}
        for route, methods in MATRIX.items()
        for method, (let_in, _) in methods.items()
    }


@pytest.fixture
def callers(
    game: Game, alice: Player, as_player: Callable[[Player], Api], token_api: Callable[..., Api]
) -> dict[str, Api]:
    device = make_device(alice, game)
    return {
        "anyone": Api(),
        "bad key": Api("lk_live_nobodys"),
        "live key": Api(make_key(game, scopes=list(Scope))),
        "live key without scopes": Api(make_key(game, scopes=["other"])),
        "test key": Api(make_key(game, "test", scopes=list(Scope))),
        "publishable key": Api(make_publishable_key(game)),
        "publishable test key": Api(make_publishable_key(game, "test")),
        "token": token_api(alice, game),
        "device's token": Api(make_device_token(device)),
        "person": as_player(alice),
    }


@pytest.mark.parametrize(
    ("route", "method"), [(route, method) for route, methods in MATRIX.items() for method in methods]
)
def test_each_caller_is_let_in_or_refused(
    callers: dict[str, Api], game: Game, bob: Player, route: str, method: str
) -> None:
    path = filled(route, game.id, bob.id)

    responses = {who: caller.request(method, path, {} if method != "GET" else None) for who, caller in callers.items()}

    assert {who: refusal(response) for who, response in responses.items()} == expected(*MATRIX[route][method])


def filled(route: str, game_id: UUID, player_id: UUID) -> str:
    values = {
        "game_id": game_id,
        "player_id": player_id,
        "player": player_id,
        "achievement": "ACH_NONE",
        "window": "week",
        "opened_on": "2026-11-16",
        "external_id": "nobody",
        "seq": 1,
    }
    for name in [part.partition("}")[0] for part in route.split("{")[1:]]:
        route = route.replace("{" + name + "}", str(values.get(name, uuid4())))
    return route


def refusal(response: Any) -> str:
    """Return the code with which a caller was refused, and nothing for one that was let in."""
    return response.json()["code"] if response.status_code in {401, 403} else ""


def expected(let_in: str, scope: Scope | None) -> dict[str, str]:
    live = "" if "K" in let_in else "caller_not_allowed"
    shipped = "" if {"A", "P"} & set(let_in) else "caller_not_allowed"
    return {
        "anyone": "" if "A" in let_in else "not_authenticated",
        "bad key": "invalid_key",
        "live key": live,
        "live key without scopes": live or ("scope_missing" if scope else ""),
        "test key": live or ("" if "k" in let_in else "live_key_needed"),
        "publishable key": shipped,
        "publishable test key": shipped or ("live_key_needed" if "A" in let_in and "k" not in let_in else ""),
        "token": "" if {"T", "V"} & set(let_in) else "device_needed" if "D" in let_in else "caller_not_allowed",
        "device's token": ""
        if {"T", "D"} & set(let_in)
        else "publishable_token"
        if "V" in let_in
        else "caller_not_allowed",
        "person": "" if "S" in let_in else "caller_not_allowed",
    }


def test_somebody_elses_things_are_nowhere(
    api: Api, game: Game, alice: Player, bob: Player, token_api: Callable[..., Api], as_player: Callable[..., Api]
) -> None:
    bob.visibility = "private"
    bob.save()
    private = [f"players/{bob.id}{name}" for name in ("", "/unlocks", "/dashboard", "/statistics")]

    for caller in (Api(), api, token_api(alice, game), as_player(alice)):
        assert {caller.get(path).status_code for path in private} == {404}
    assert as_player(alice).get(f"players/{bob.id}/progress").status_code == 404
    assert token_api(alice, game).post(f"players/{bob.id}/socket-ticket").status_code == 404
    assert as_player(alice).get(f"manage/games/{game.id}/revocations").status_code == 404
