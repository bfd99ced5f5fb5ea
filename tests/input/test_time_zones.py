"""Time zones are places; one that this host does not know is UTC wherever it is used."""

from collections.abc import Callable

import pytest

from apps.core.clock import time_zone_names, zone_of
from apps.players.models import Player
from apps.web.time_zones import ZoneForm
from tests.conftest import Api

NO_PLACES = [
    "EST5EDT", "EST", "posixrules", "localtime", "Etc/GMT+5", "Etc/UTC", "GMT", "Zulu", "US/Pacific", "Factory",
    "posix/Europe/Lisbon", "right/Europe/Lisbon", "Europe", "Europe/", "../etc/passwd", "Europe/lisbon", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_PLACES)
def test_only_a_region_and_city_is_a_time_zone(as_player: Callable[[Player], Api], alice: Player, name: str) -> None:
    response = as_player(alice).patch("players/me", {"time_zone": name})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/time_zone")
    assert not ZoneForm(alice, {"time_zone": name}).is_valid()
    assert Player.objects.get(pk=alice.pk).time_zone == "UTC"


@pytest.mark.parametrize("name", ["UTC", "Europe/Lisbon", "America/Argentina/Ushuaia"])
def test_regions_with_a_city_and_utc_are_taken(as_player: Callable[[Player], Api], alice: Player, name: str) -> None:
    assert name in time_zone_names()
    assert as_player(alice).patch("players/me", {"time_zone": name}).json()["time_zone"] == name


@pytest.mark.parametrize("name", ["Mars/Olympus", "Europe", "EST5EDT", "\u0660", "a" * 40])
def test_every_page_stands_with_a_zone_that_is_not_known_here(
    as_player: Callable[[Player], Api], alice: Player, name: str
) -> None:
    client = as_player(alice).client
    Player.objects.filter(pk=alice.pk).update(time_zone=name)

    paths = ("/", f"/players/{alice.handle}/", "/notifications/", "/account/notifications/", "/leaderboards/global/")

    assert [client.get(path).status_code for path in paths] == [200] * 5
    assert zone_of("Mars/Olympus").key == "UTC"
