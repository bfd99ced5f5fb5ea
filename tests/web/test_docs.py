"""The quick start: what it shows a programmer is what works."""

import html
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from standardwebhooks import WebhookVerificationError

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.clock import now
from apps.games.models import Game
from apps.notifications.connections.close_code_meanings import ENDINGS
from apps.players.models import ExternalIdentity, Player
from apps.unlocks.models import Unlock
from apps.web.views.docs import CALLS, LANGUAGES, LIVE_SAMPLES, code
from apps.webhooks.event_types import CHOICES
from apps.webhooks.signing import encrypted, new_secret, signed_headers
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player, make_token
from tests.supervised import Stack

API = "http://testserver/api/v1"


@pytest.fixture
def values(game: Game, alice: Player) -> dict[str, str]:
    """What the calls have variables for, in a game with the achievements they name."""
    make_achievement(game, key="ACH_FIRST_LIGHT")
    make_achievement(game, key="ACH_LAMPLIGHTER", kind="incremental", target=50)
    ExternalIdentity.objects.create(game_id=game.id, environment="live", external_id="1", player=alice)
    return {
        "LAUREL_KEY": make_key(game),
        "LAUREL_TOOLS_KEY": make_key(game, scopes=[Scope.DEFINITIONS_WRITE]),
        "GAME_ID": str(game.id),
        "GAME_SLUG": game.slug,
        "PLAYER_ID": str(alice.id),
    }


def sent_by(line: str, values: dict[str, str]) -> Any:
    """Send what a curl line sends, and return the response."""
    for name, value in values.items():
        line = line.replace(f"${name}", value)
    words = shlex.split(line.replace("\\\n", " "))
    url = next(word for word in words if word.startswith(API))
    given = {flag: [words[at + 1] for at, word in enumerate(words) if word == flag] for flag in ("-X", "-H", "-d")}
    headers = dict(header.split(": ", 1) for header in given["-H"])
    headers.pop("Content-Type", None)
    method = given["-X"][0] if given["-X"] else "GET"
    path = url.removeprefix(f"{API}/")
    return Api().request(method, path, given["-d"][0] if given["-d"] else None, headers=headers)


@pytest.mark.parametrize("name", CALLS)
def test_each_call_does_what_it_says(db: None, values: dict[str, str], name: str) -> None:
    response = call(name, values)

    assert 200 <= response.status_code < 300, response.content


def test_a_test_key_walks_down_the_page_before_anything_is_published(db: None) -> None:
    game = make_game(is_published=False)
    make_achievement(game, key="ACH_FIRST_LIGHT", state="draft")
    make_achievement(game, key="ACH_LAMPLIGHTER", kind="incremental", target=50, state="draft")
    key = make_key(game, "test", scopes=sorted(SERVER_SCOPES))
    values = {"LAUREL_KEY": key, "GAME_SLUG": game.slug}

    values["GAME_ID"] = call("game", values).json()["id"]
    values["PLAYER_ID"] = call("player", values).json()["id"]
    rest = [name for name in CALLS if name not in {"game", "player", "definitions"}]
    refusals = {name: response.json()["code"] for name in rest if (response := call(name, values)).status_code >= 300}

    # Just what the page says of them.
    assert refusals == {"link": "live_key_needed", "board": "game_not_found"}


def call(name: str, values: dict[str, str]) -> Any:
    return sent_by(code(f"calls/{name}.sh", API), values)


def test_the_page_shows_them_with_its_own_address(db: None) -> None:
    page = html.unescape(Client().get("/docs/").content.decode())

    for name in CALLS:
        assert code(f"calls/{name}.sh", API) in page, name
    for language in LANGUAGES:
        assert code(f"samples/sample.{language.extension}", API) in page, language.name
    assert "ws://testserver/ws/notifications/?ticket=" in page


def test_every_link_of_the_documentation_leads_somewhere(db: None) -> None:
    client = Client()
    for path in ("/docs/", "/docs/live/", "/docs/api/", "/docs/webhooks/", "/docs/guests/", "/docs/errors/"):
        page = client.get(path).content.decode()
        for link in set(re.findall(r'href="(/(?!static)[^"#]*)"', page)):
            assert client.get(link).status_code in {200, 302}, (path, link)
        for anchor in re.findall(r'href="#([\w-]+)"', page):
            assert f'id="{anchor}"' in page, (path, anchor)


def test_the_page_of_live_events_has_every_sample_and_close_code(db: None) -> None:
    page = html.unescape(Client().get("/docs/live/").content.decode())

    for file in LIVE_SAMPLES.values():
        assert code(f"live/{file}", API, "ws://testserver/ws/notifications/") in page, file
    for ending in ENDINGS:
        assert f'id="close-{int(ending.code)}"' in page
        assert str(ending.meaning) in page


def test_the_polling_sample_is_answered(alice: Player, game: Game) -> None:
    token = make_token(alice, game)

    response = sent_by(code("live/poll.sh", API), {"LAUREL_PLAYER_TOKEN": token})

    assert response.json()["next_since"] == 0


@pytest.mark.parametrize(("name", "command"), [("py", [sys.executable]), ("sh", ["/bin/sh"])])
def test_the_samples_unlock(live_orm: Stack, tmp_path: Path, name: str, command: list[str]) -> None:
    game, player = make_game(), make_player()
    achievement = make_achievement(game, key="ACH_FIRST_LIGHT")
    script = tmp_path / f"sample.{name}"
    script.write_text(code(f"samples/sample.{name}", f"{live_orm.base_url}/api/v1"), encoding="utf-8")
    key = make_key(game, scopes=sorted(SERVER_SCOPES))
    first, again = (run(script, command, tmp_path, LAUREL_KEY=key, PLAYER_ID=str(player.id)) for _ in range(2))

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert Unlock.objects.filter(achievement=achievement).count() == 1
    if name == "py":
        assert (first.stdout.split()[0], again.stdout.split()[0]) == ("Earned", "Had")


def test_a_sample_says_why_it_was_refused(live_orm: Stack, tmp_path: Path) -> None:
    script = tmp_path / "sample.py"
    script.write_text(code("samples/sample.py", f"{live_orm.base_url}/api/v1"), encoding="utf-8")

    refused = run(script, [sys.executable], tmp_path, LAUREL_KEY="lk_live_nobodys")

    assert refused.returncode == 1
    assert "invalid_key: Send a valid API key" in refused.stderr


@pytest.mark.parametrize(("name", "command"), [("py", [sys.executable]), ("sh", ["/bin/sh"])])
def test_the_samples_send_again_after_a_response_that_was_lost(tmp_path: Path, name: str, command: list[str]) -> None:
    with losing_the_first_response() as (address, paths):
        script = tmp_path / f"sample.{name}"
        script.write_text(code(f"samples/sample.{name}", f"{address}/api/v1"), encoding="utf-8")

        done = run(script, command, tmp_path, LAUREL_KEY="lk_live_1", PLAYER_ID="1")

    assert done.returncode == 0, done.stderr
    assert len(paths) >= 2
    assert paths[0] == paths[1]


@contextmanager
def losing_the_first_response() -> Iterator[tuple[str, list[str]]]:
    """A server that takes the first request and hangs up; give its address, and the paths it received."""
    paths: list[str] = []

    class Losing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            paths.append(self.path)
            if len(paths) > 1:
                body = b'{"id": "1", "unlocked": true, "unlocked_at": "now"}'
                self.send_response(201)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_PUT = do_POST  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output to themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Losing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


def run(script: Path, command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, str(script)],
        env={**os.environ, **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("sample", ["library", "by_hand"])
def test_the_webhook_samples_verify_what_is_signed_and_nothing_else(sample: str, monkeypatch: Any) -> None:
    secret, other, payload = new_secret(), new_secret(), '{"type":"webhook.test"}'
    signed = signed_headers(
        message_id=uuid4(), payload=payload, encrypted_secrets=(encrypted(secret), encrypted(other)), moment=now()
    )
    monkeypatch.setenv("LAUREL_WEBHOOK_SECRET", other)
    names: dict[str, Any] = {}
    exec(code(f"webhooks/{sample}.py", ""), names)

    def receive(body: bytes, **changed: str) -> Any:
        headers = {name.title(): value for name, value in (signed | changed).items()}
        return names["receive"](headers, body) if sample == "library" else names["receive"](other, headers, body)

    assert receive(payload.encode()) == {"type": "webhook.test"}
    for wrong in ({"webhook-timestamp": "1"}, {"webhook-id": "msg_1"}, {"webhook-signature": "v1,AAAA"}):
        with pytest.raises((ValueError, WebhookVerificationError)):
            receive(payload.encode(), **wrong)
    with pytest.raises((ValueError, WebhookVerificationError)):
        receive(b'{"type":"webhook.tests"}')


def test_the_page_of_webhooks_shows_the_schedule_as_it_is(db: None) -> None:
    page = " ".join(html.unescape(Client().get("/docs/webhooks/").content.decode()).split())

    assert "about 5 seconds, 30 seconds, 5 minutes, 30 minutes, 2 hours, 5 hours, 10 hours, 14 hours, 20 hours," in page
    assert "return json.loads(body)" in page
    for event_type in CHOICES:
        assert f"<code>{event_type}</code>" in page
