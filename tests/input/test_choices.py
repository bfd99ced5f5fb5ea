"""A value outside a fixed set is refused with the set, wherever it is sent."""

from typing import Any

import pytest

from apps.core.api.auth.callers import Scope
from apps.games.models import ApiKey
from apps.players.models import Player, Region
from tests.input.bodies import World

REGIONS = ", ".join(Region.values)


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer", "detail"),
    [
        ("PUT", "players/by-external-id/9", {"region": "XX"}, "/region", f"Send one of {REGIONS}."),
        ("PATCH", "players/me", {"region": "XX"}, "/region", f"Send one of {REGIONS}."),
        ("PATCH", "players/me", {"visibility": "all"}, "/visibility", "Send one of public, followers, private."),
        (
            "POST",
            "manage/games/{game_id}/keys",
            {"name": "A", "environment": "live", "scopes": ["read", "write"]},
            "/scopes/1",
            f"Send one of {', '.join(Scope)}.",
        ),
        (
            "POST",
            "manage/games/{game_id}/keys",
            {"name": "A", "environment": "dev"},
            "/environment",
            f"Send one of {', '.join(ApiKey.Environment.values)}.",
        ),
    ],
)
def test_a_member_says_what_it_may_be(
    world: World, method: str, path: str, body: dict[str, Any], pointer: str, detail: str
) -> None:
    caller = world.person if path == "players/me" else world.caller_of(path)
    before = list(Player.objects.order_by("pk").values()), ApiKey.objects.count()

    response = caller.request(method, world.filled(path), body)

    [error] = response.json()["errors"]
    assert (response.status_code, error) == (400, {"pointer": pointer, "code": "invalid_choice", "detail": detail})
    assert (list(Player.objects.order_by("pk").values()), ApiKey.objects.count()) == before


def test_a_parameter_says_what_it_may_be(world: World) -> None:
    responses = [
        world.server.get("players?region=XX"),
        world.server.get(f"manage/games/{world.game.id}/statistics?interval=year"),
    ]

    assert [(response.status_code, response.json().get("detail")) for response in responses] == [
        (400, f"Send one of {REGIONS}."),
        (400, "Send one of hour, day."),
    ]
