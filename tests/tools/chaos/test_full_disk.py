"""A disk that is full for twelve seconds under load: said in words, and over by itself."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.supervised import Stack, supervised_stack
from tests.tools.chaos.faults import Fault
from tests.tools.chaos.small_disk import SmallDisk, small_disk
from tests.tools.chaos.storm import weather
from tests.tools.load.targets import local_target
from tests.tools.load.world import make_world

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]

MEGABYTES = 400
FULL_AT, FREE_AT = 2.0, 14.0


@pytest.fixture(scope="module")
def disk() -> Iterator[SmallDisk]:
    with small_disk(MEGABYTES) as disk:
        yield disk


@pytest.fixture(scope="module")
def stack(disk: SmallDisk) -> Iterator[Stack]:
    with supervised_stack(disk.folder, DEMO_PLAYERS="20") as stack:
        yield stack


class Witness(threading.Thread):
    """Reads twice a second, while a storm lasts, the disk's state and the response to a refused unlock."""

    def __init__(self, stack: Stack, live_key: str) -> None:
        super().__init__(daemon=True)
        self._stack, self._key, self._over = stack, live_key, threading.Event()
        self.disk: list[tuple[str, str]] = []
        self.refusals: set[tuple[int, str]] = set()

    def run(self) -> None:
        while not self._over.wait(0.5):
            report = self._request("/health/")
            self.disk += [(report["status"], check["status"]) for check in report["checks"] if check["name"] == "disk"]
            refusal = self._request(
                "/api/v1/achievements/unlock", b'{"player_id":"%s","achievement_id":"ACH_X"}' % NOBODY
            )
            self.refusals.add((refusal["status"], refusal["code"]))

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _request(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._stack.base_url}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))


NOBODY = b"00000000-0000-7000-8000-000000000000"


def test_a_full_disk_loses_nothing_and_ends_nothing_for_good(stack: Stack, disk: SmallDisk) -> None:
    world = make_world(stack.database_url, label="disk", players=500, achievements=50, friends=2)
    faults = [Fault(FULL_AT, "fill", disk.fill), Fault(FREE_AT, "free", disk.free)]
    witness = Witness(stack, world.live_key)
    witness.start()

    aftermath = weather(stack, local_target(stack.base_url), world, faults, rate=60, seconds=18)

    witness.stop()
    console = (stack.home.parent / "output.log").read_text()
    assert aftermath.findings == []
    assert aftermath.hits == ["fill", "free"]
    assert len(aftermath.memory.firsts) > 300
    # Refused at once or within the second that a connection is waited for, and nothing else than refused.
    assert set(aftermath.summary.errors) == {503}
    assert (503, "disk_full") in witness.refusals
    # Warned of before, said while it lasted, and over.
    assert witness.disk[0] == ("degraded", "degraded")
    assert ("down", "down") in witness.disk
    assert witness.disk[-1][1] == "degraded"
    assert f"The disk of {stack.home} is full (0 MB are free)" in console
    assert "postgres ended" in console
    assert "There is room on the disk again" in console
    assert set(stack.pids) == {"postgres", "valkey", "web", "relay", "worker", "beat"}
