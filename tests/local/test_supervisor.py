"""The supervisor, over tiny children: kept alive with growing patience, stopped with all their own."""

import io
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.core.database.durability import UnsafeDurabilityError, refuse_unsafe_durability
from apps.core.disk import MB
from apps.core.web_processes.restarts import delay_after
from apps.local import supervisor
from apps.local.embedded.server import free_port
from apps.local.orphan_reaper import CHECKOUT, OrphanReaper, is_running
from apps.local.programs import Program
from apps.local.supervisor import console as console_module
from apps.local.supervisor import disk_watch
from apps.local.supervisor import fleet as fleet_module
from apps.local.supervisor.console import Console
from apps.local.supervisor.fleet import Child, Fleet, Stopped, StopRequest
from apps.local.supervisor.greeting import greeting
from apps.local.supervisor.home import LOG_BYTES_MAX, PROCESSES, Home, StartError
from apps.local.supervisor.leftovers import end_leftovers
from apps.local.supervisor.parts import Endpoint
from apps.local.supervisor.run import SupervisedRun
from tests.live import wait_until

SLEEPER = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
# Starts a child of its own that ignores SIGTERM, as a worker's pool may, and says its number.
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def fleet(home: Home, output: io.StringIO) -> Iterator[Fleet]:
    reaper = OrphanReaper()
    yield Fleet(home, Console(output), reaper, StopRequest())
    reaper.dismiss()


def child_that_runs(code: str, name: str = "part") -> Child:
    program = Program(
        name=name, command=(sys.executable, "-S", "-c", code), folder=Path("/"), environment=dict(os.environ)
    )
    return Child(name, lambda: program)


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_delays_double_from_half_a_second_to_half_a_minute() -> None:
    assert [delay_after(deaths) for deaths in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert delay_after(100_000) == 30


def test_a_killed_child_is_started_again_and_its_last_words_are_shown(
    fleet: Fleet, home: Home, output: io.StringIO
) -> None:
    child = child_that_runs(f"print('last words', flush=True); {SLEEPER}")
    fleet.start(child)
    first = pid_of(child)
    wait_until(lambda: home.log("part").read_text() == "last words\n", "the child speaks")

    os.kill(first, signal.SIGKILL)

    fleet.wait_until(lambda: child.process is not None and child.process.pid != first)
    assert output.getvalue().splitlines()[:2] == [
        "  part ended (killed by SIGKILL), starting it again in 0.5 s",
        "    last words",
    ]
    assert home.read("processes.json") == {"part": pid_of(child)}
    fleet.stop([child], seconds=5)


def test_a_child_that_keeps_dying_waits_longer_each_time(fleet: Fleet, output: io.StringIO) -> None:
    child = child_that_runs("raise SystemExit(3)")
    fleet.start(child)

    fleet.wait_until(lambda: child.deaths == 3)

    assert output.getvalue().splitlines() == [
        "  part ended (status 3), starting it again in 0.5 s",
        "  part ended (status 3), starting it again in 1 s",
        "  part ended (status 3), starting it again in 2 s",
    ]


def test_a_child_that_lived_well_is_started_at_once_again(fleet: Fleet) -> None:
    child = child_that_runs("raise SystemExit(3)")
    fleet.start(child)
    child.deaths = 5
    child.started_at = time.monotonic() - 31

    fleet.wait_until(lambda: child.restart_at is not None)

    assert child.deaths == 1


def test_a_start_that_fails_is_tried_again(fleet: Fleet, home: Home, output: io.StringIO) -> None:
    child = child_that_runs("raise SystemExit(3)")
    fleet.start(child)
    child.make = lambda: Program(name="part", command=("/nowhere",), folder=home.path, environment={})

    fleet.wait_until(lambda: child.deaths == 2)

    assert "part can't start: [Errno 2] No such file or directory: '/nowhere'" in output.getvalue()


def test_a_note_of_who_runs_that_finds_no_room_is_written_later(fleet: Fleet, home: Home) -> None:
    in_the_way = home.path / "processes.json.new"
    in_the_way.mkdir()
    child = child_that_runs(SLEEPER)

    fleet.start(child)

    assert home.read("processes.json") is None
    in_the_way.rmdir()
    fleet.tend()
    assert home.read("processes.json") == {"part": pid_of(child)}
    fleet.stop([child], seconds=5)


def test_what_died_on_a_full_disk_starts_at_once_when_there_is_room(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 0
    monkeypatch.setattr(disk_watch, "free_bytes", lambda folder: free)
    monkeypatch.setattr(disk_watch, "LOOK_SECONDS", 0)
    child = child_that_runs("raise SystemExit(3)")
    fleet.start(child)
    child.deaths = 9
    fleet.wait_until(lambda: child.deaths == 10)
    child.make = child_that_runs(SLEEPER).make

    free = 64 * MB
    fleet.tend()

    assert child.deaths == 0
    assert is_running(pid_of(child))
    fleet.stop([child], seconds=5)


def test_a_start_on_a_full_disk_says_that_it_is_full(
    home: Home, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_watch, "free_bytes", lambda folder: 3 * MB)
    run = SupervisedRun(home, Endpoint("127.0.0.1", 8123), Console(output))
    monkeypatch.setattr(run, "_start_servers", lambda: Path("/dev/full").write_text("x"))

    assert run.run() == 1

    assert (
        f"[Errno 28] No space left on device\nThe disk of {home.path} is full (3 MB are free): "
        "nothing can be recorded until you make room on it.\nStopping ...\nStopped.\n"
    ) in output.getvalue()


# Says that it is not ready for some time, as web does while a busy machine has no turn for it.
SLOW = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Web(BaseHTTPRequestHandler):
    left = 3
    def do_GET(self):
        Web.left -= 1
        self.send_response(200 if Web.left < 0 else 503)
        self.end_headers()
        self.wfile.write(b"starting")
    def log_message(self, *_): pass
HTTPServer(("127.0.0.1", {port}), Web).serve_forever()
"""


def test_web_is_waited_for_as_long_as_it_lives_and_what_for_is_said(
    home: Home, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A clock on which each look is a minute after the one before.
    looks = itertools.count(step=60)
    clock = SimpleNamespace(monotonic=lambda: float(next(looks)), sleep=time.sleep)
    for module in (fleet_module, console_module):
        monkeypatch.setattr(module, "time", clock)
    port = free_port()
    run, console = SupervisedRun(home, Endpoint("127.0.0.1", port), Console(output)), Console(output)
    web = child_that_runs(SLOW.replace("{port}", str(port)), "web")

    with console.step("Web") as step:
        run._keep(run._application, web)
        run._wait_until_ready(web, step)

    run._fleet.stop([web], 5)
    run._reaper.dismiss()
    said = output.getvalue().splitlines()
    assert any(
        line.startswith("  Web: still waiting for /readyz: no connection yet, the web process is still starting (")
        for line in said
    )
    assert any(line.startswith("  Web: still waiting for /readyz: 503 starting (") for line in said)
    assert said[-1].startswith("  ok Web")


def test_stopping_ends_the_children_of_a_child_too(fleet: Fleet, home: Home) -> None:
    child = child_that_runs(PARENT)
    fleet.start(child)
    wait_until(lambda: home.log("part").read_text() != "", "the grandchild is there")
    grandchild = int(home.log("part").read_text())

    fleet.stop([child], seconds=5)

    wait_until(lambda: not is_running(grandchild), "the grandchild ended")
    assert not is_running(pid_of(child))


def test_a_child_that_ignores_the_request_is_killed_in_time(fleet: Fleet, home: Home) -> None:
    stubborn, meek = child_that_runs(STUBBORN, "stubborn"), child_that_runs(SLEEPER, "meek")
    fleet.start(stubborn)
    fleet.start(meek)
    wait_until(lambda: home.log("stubborn").read_text() == "deaf\n", "the child is deaf")
    began = time.monotonic()

    fleet.stop([stubborn, meek], seconds=0.3)

    assert time.monotonic() - began < 1
    assert not is_running(pid_of(stubborn))
    assert not is_running(pid_of(meek))


def test_a_request_to_stop_interrupts_waiting(home: Home) -> None:
    request, reaper = StopRequest(), OrphanReaper()
    fleet = Fleet(home, Console(io.StringIO()), reaper, request)
    request.is_made = True

    with pytest.raises(Stopped):
        fleet.wait_until(lambda: False)

    reaper.dismiss()


def test_a_folder_is_held_by_one_at_a_time(home: Home) -> None:
    with (
        home.held("http://127.0.0.1:8000"),
        pytest.raises(StartError) as refusal,
        home.held("http://127.0.0.1:8001"),
    ):
        pass

    with home.held("http://127.0.0.1:8001"):
        pass
    assert str(refusal.value).startswith(
        f"Laurel is already running from {home.path} (process {os.getpid()}, http://127.0.0.1:8000)."
    )


def test_a_taken_port_is_named_with_another_to_try(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAUREL_HOME", str(home.path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        status = supervisor.main([])

    assert status == 1
    assert capsys.readouterr().out == (
        f"Port {port} of 127.0.0.1 can't be used (Address already in use). "
        f"Choose another one: PORT={port + 1} make run\n"
    )
    assert not (home.path / "postgres").exists()


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1", "\u00b2"])
def test_what_is_no_port_is_refused(
    port: str, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAUREL_HOME", str(home.path))
    monkeypatch.setenv("PORT", port)

    assert supervisor.main([]) == 1
    assert capsys.readouterr().out == (f"PORT is {port!r}, which is no port. Give a number between 1 and 65535.\n")


def test_an_impossible_number_of_web_processes_is_refused_before_anything_starts(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAUREL_HOME", str(home.path))
    monkeypatch.setenv("WEB_PROCESSES", "many")

    assert supervisor.main([]) == 1
    assert capsys.readouterr().out == "WEB_PROCESSES is 'many'. Give a number from 1 to 64, or auto.\n"
    assert not (home.path / "postgres").exists()


def test_a_home_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAUREL_HOME", str(tmp_path / "file" / "home"))

    assert supervisor.main([]) == 1
    assert capsys.readouterr().out == (
        f"{tmp_path}/file/home can't be used (Not a directory). Set LAUREL_HOME to another one.\n"
    )


def test_files_with_passwords_are_their_owners_only(home: Home) -> None:
    home.write("servers.json", {"database_url": "postgres://laurel:secret@127.0.0.1/laurel"})

    assert (home.path / "servers.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in sorted(home.path.iterdir())] == ["logs", "mail", "servers.json"]


def test_logs_and_mails_are_their_owners_only_also_those_from_before(fleet: Fleet, home: Home) -> None:
    home.logs.chmod(0o755)
    home.log("child").write_text("a line from before\n")
    home.log("child").chmod(0o644)
    home.make()
    home.log("old").write_text("x")
    home.rotate_logs()

    child = child_that_runs("", "child")
    fleet.start(child)
    fleet.stop([child], 1)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (home.logs, home.mail, *home.logs.iterdir())}
    assert modes == {"logs": 0o700, "mail": 0o700, "child.log": 0o600, "old.log": 0o600}
    assert home.log("child").read_text().startswith("a line from before\n")


def test_pages_show_the_mail_folder_only_where_this_machine_alone_sees_them(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(host: str) -> str:
        run = SupervisedRun(home, Endpoint(host, 8000), Console(io.StringIO()))
        run._reaper.dismiss()
        return run._environment["SHOW_MAIL_FOLDER"]

    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert [shown(host) for host in ("127.0.0.1", "localhost", "0.0.0.0", "10.0.0.5")] == [
        "True", "True", "False", "False",
    ]  # fmt: skip
    monkeypatch.setenv("EMAIL_URL", "smtp://mail")
    assert shown("127.0.0.1") == "False"


def test_large_logs_begin_anew(home: Home) -> None:
    home.log("web").write_bytes(b"x" * (LOG_BYTES_MAX + 1))
    home.log("relay").write_bytes(b"x" * LOG_BYTES_MAX)

    home.rotate_logs()

    assert sorted(path.name for path in home.logs.iterdir()) == ["relay.log", "web.log.1"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("laurel.example", "http://laurel.example:8000"),
    ],
)
def test_the_address_shown_is_one_that_works_from_here(host: str, url: str) -> None:
    assert Endpoint(host, 8000).url == url


def test_the_greeting_has_log_ins_and_an_unlock_for_this_port(home: Home) -> None:
    address = Endpoint("127.0.0.1", 8123)
    demo = {
        "base_url": "http://127.0.0.1:8000",
        "ws_url": "ws://127.0.0.1:8000/ws/notifications/",
        "studio": {"email": "studio@laurel.example", "password": "laurel-demo"},
        "game": {"live_key": "lk_live_x", "achievements": [{"id": "a1", "key": "ACH_ONE", "points": 5}]},
        "players": [{"id": "p1", "handle": "ada", "email": "ada@laurel.example", "password": "laurel-demo"}],
    }
    home.write("demo.json", address.rewritten(demo))

    shown = greeting(home, address, Console(io.StringIO()))

    rewritten = json.loads((home.path / "demo.json").read_text())
    assert rewritten["ws_url"] == "ws://127.0.0.1:8123/ws/notifications/"
    assert "studio@laurel.example  laurel-demo  (a studio" in shown
    assert f"Mails, each a file: {home.path}/mail\n" in shown
    assert "ada@laurel.example     laurel-demo  (a player, ada)" in shown
    assert (
        "curl -i http://127.0.0.1:8123/api/v1/achievements/unlock -H 'Authorization: Bearer lk_live_x' "
        """-H 'Content-Type: application/json' -d '{"player_id": "p1", "achievement_id": "ACH_ONE"}'"""
    ) in shown


def test_behind_https_the_greeting_says_what_it_takes_and_shows_no_call_that_would_be_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = {"email": "ada@laurel.example", "password": "laurel-demo", "id": "p1", "handle": "ada"}
    home.write("demo.json", {"studio": person, "players": [person]})
    monkeypatch.setenv("HTTPS_ONLY", "true")

    shown = greeting(home, Endpoint("127.0.0.1", 8123), Console(io.StringIO()))

    assert "Laurel is ready: http://127.0.0.1:8123\n" in shown
    assert "HTTPS_ONLY is on: this address refuses plain HTTP, and is for a proxy of yours that speaks HTTPS." in shown
    assert "TRUSTED_PROXIES" in shown
    assert "ada@laurel.example" in shown
    assert "curl" not in shown


def test_steps_are_one_line_each_without_a_terminal(output: io.StringIO) -> None:
    console = Console(output)

    with console.step("Tables") as step:
        step.detail("players.0001_initial")
        step.note = "34 migrations"
    with pytest.raises(StartError), console.step("Web"):
        raise StartError

    assert output.getvalue() == "  ok Tables  34 migrations  0.0 s\n  failed Web\n"


@pytest.mark.django_db
def test_postgres_that_may_lose_commits_is_refused_unless_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_unsafe_durability()

    monkeypatch.delenv("LAUREL_ALLOW_UNSAFE_DURABILITY")
    with pytest.raises(UnsafeDurabilityError, match="runs with fsync and synchronous_commit off"):
        refuse_unsafe_durability()


@pytest.mark.parametrize(("named", "url"), [("", "http://127.0.0.1:8123"), ("https://laurel.example", None)])
def test_the_parts_know_where_people_reach_the_site(
    home: Home, output: io.StringIO, monkeypatch: pytest.MonkeyPatch, named: str, url: str | None
) -> None:
    monkeypatch.setenv("PUBLIC_URL", named)

    run = SupervisedRun(home, Endpoint("0.0.0.0", 8123), Console(output))
    run._reaper.dismiss()

    assert run._environment["PUBLIC_URL"] == (url or named)


@pytest.fixture
def left_running() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_the_next_start_ends_what_a_killed_supervisor_left_running(
    home: Home, output: io.StringIO, left_running: subprocess.Popen[bytes]
) -> None:
    home.write(PROCESSES, {"web": left_running.pid})

    end_leftovers(home, Console(output))

    assert left_running.wait(timeout=10) == -signal.SIGKILL
    assert "Ending what a killed Laurel left running (web)" in output.getvalue()


def test_the_next_start_leaves_a_process_alone_that_was_given_the_number_since(
    home: Home, output: io.StringIO, left_running: subprocess.Popen[bytes]
) -> None:
    home.write(PROCESSES, {"web": left_running.pid})
    before = time.time() - 3600
    os.utime(home.path / PROCESSES, (before, before))

    end_leftovers(home, Console(output))

    assert (left_running.poll(), output.getvalue()) == (None, "")


def test_without_a_terminal_a_long_step_says_now_and_then_how_far_it_is(
    output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(0, 10)
    monkeypatch.setattr(console_module.time, "monotonic", lambda: next(clock))

    with Console(output).step("Tables") as step:
        for name in ("players", "games", "unlocks"):
            step.detail(f"Applying {name}.0001_initial")

    assert "  Tables: Applying games.0001_initial (" in output.getvalue()


def test_a_command_without_servers_says_what_to_do_in_one_line(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    ended = subprocess.run(
        [sys.executable, "manage.py", "run_jobs", "--list"],
        cwd=CHECKOUT,
        env=environment | {"LAUREL_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "achievements_site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "Start Laurel with `make run`" in ended.stderr
