"""The script that the documentation shows, as a process that is killed and goes on."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.core.clock import now
from apps.games.models import Game
from apps.players.models import Device
from apps.unlocks.models import JournalEntry, Source, Unlock
from apps.web.views.docs import code
from tests.factories import make_achievement, make_game, make_publishable_key
from tests.live import wait_until
from tests.supervised import Stack
from tests.web_process import WebProcess

LAMPS = ("ACH_FIRST_LIGHT", "ACH_SECOND_LIGHT", "ACH_OLD_LIGHT")


class Script:
    """The program in a folder of its own, against a server that may be away."""

    def __init__(self, folder: Path, game: Game, base_url: str) -> None:
        self.folder, self.program = folder, folder / "game.py"
        key = make_publishable_key(game)
        self.program.write_text(code("guests/game.py", f"{base_url}/api/v1").replace("lk_pub_YOUR_KEY", key))

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(self.program), *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "laurel.json").read_text()))

    def sync_and_die(self) -> None:
        """Hand over, and be killed after the server has it and before the answer is on disk."""
        stopper = (
            "import json, os, runpy, sys; sys.argv = ['game.py', 'sync']; real = json.load\n"
            "def load(answer):\n"
            "    said = real(answer)\n"
            "    if 'results' in said: os.kill(os.getpid(), 9)\n"
            "    return said\n"
            "json.load = load; runpy.run_path('game.py', run_name='__main__')"
        )
        run = subprocess.run([sys.executable, "-c", stopper], cwd=self.folder, timeout=60, check=False)
        assert run.returncode == -signal.SIGKILL


@pytest.fixture
def game_of_lamps(live_orm: Stack) -> Game:
    game = make_game()
    for key in LAMPS:
        make_achievement(game, key=key, setter="client")
    return game


def unlocks_of(game: Game) -> dict[str, Any]:
    return dict(Unlock.objects.filter(game=game).values_list("achievement__key", "unlocked_at"))


def test_a_script_earns_offline_is_killed_and_goes_on(live_orm: Stack, game_of_lamps: Game, tmp_path: Path) -> None:
    web = WebProcess(live_orm)
    script = Script(tmp_path, game_of_lamps, web.base_url)
    old = (now() - timedelta(days=15)).isoformat()

    offline = [script.run("earn", LAMPS[0]), script.run("sync")]
    (tmp_path / "laurel.json").write_text(
        json.dumps({**script.state, "earned": [[LAMPS[2], old], *script.state["earned"]]})
    )
    with web:
        script.sync_and_die()
        earned_first = unlocks_of(game_of_lamps)
        earn_again = script.run("earn", LAMPS[1])
        synced = [script.run("sync"), script.run("sync")]
        code_of_link = script.run("link")

    results = [json.loads(line) for line in synced[0].stdout.splitlines()]
    assert [run.returncode for run in (offline[0], earn_again, *synced, code_of_link)] == [0] * 5
    assert offline[1].returncode != 0
    assert set(earned_first) == {LAMPS[0], LAMPS[2]}
    assert [(item["status"], item["unlocked"], item["late"]) for item in results] == [
        (201, True, True), (201, True, False), (201, True, False)
    ]  # fmt: skip
    assert unlocks_of(game_of_lamps) == {**earned_first, LAMPS[1]: unlocks_of(game_of_lamps)[LAMPS[1]]}
    assert earned_first[LAMPS[2]] > now() - timedelta(minutes=10)
    device = Device.objects.get(game_id=game_of_lamps.id)
    assert list(JournalEntry.objects.filter(device=device).order_by("sequence").values_list("is_late", flat=True)) == [
        True, False, False
    ]  # fmt: skip
    assert set(Unlock.objects.filter(game=game_of_lamps).values_list("source", flat=True)) == {Source.PUBLISHABLE}
    assert synced[1].stdout == ""
    assert len(code_of_link.stdout.strip()) == 9


def test_a_damaged_file_begins_a_new_chain_and_another_device_joins(
    live_orm: Stack, game_of_lamps: Game, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (Script(tmp_path / name, game_of_lamps, live_orm.base_url) for name in "ab")
    for key in LAMPS[:2]:
        first.run("sync")
        first.run("earn", key)
    first.run("earn", LAMPS[2])
    state = first.state
    del state["journal"][-2]
    (tmp_path / "a/laurel.json").write_text(json.dumps(state))

    healed = first.run("sync")
    second.run("earn", LAMPS[1])
    second.run("sync")
    joined = second.run("join", first.run("link").stdout.strip())

    player = Device.objects.get(pk=first.state["device"]).player
    wait_until(lambda: Unlock.objects.filter(player=player).count() == 3, "the second device's unlock moved")
    assert healed.returncode == 0
    assert '"journal_broken"' in healed.stdout
    assert joined.stdout.strip() == str(player.id)
    assert {device.player_id for device in Device.objects.filter(game_id=game_of_lamps.id)} == {player.id}
    assert set(Unlock.objects.filter(game=game_of_lamps).values_list("player", "achievement__key")) == {
        (player.id, key) for key in LAMPS
    }


def test_a_device_that_was_deleted_is_followed_by_a_new_one_that_hands_over_what_is_left(
    live_orm: Stack, game_of_lamps: Game, tmp_path: Path
) -> None:
    script = Script(tmp_path, game_of_lamps, live_orm.base_url)
    script.run("sync")
    script.run("earn", LAMPS[0])
    deleted = script.state["device"]
    Device.objects.filter(pk=deleted).delete()

    script.run("earn", LAMPS[1])
    synced = script.run("sync")

    assert synced.returncode == 0, synced.stderr
    assert [json.loads(line)["status"] for line in synced.stdout.splitlines()] == [201, 201]
    assert (script.state["device"] == deleted, script.state["journal"], script.state["earned"]) == (False, [], [])
    assert set(unlocks_of(game_of_lamps)) == set(LAMPS[:2])
