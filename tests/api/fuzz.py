"""`make fuzz`: starts Laurel and sends it generated requests as every kind of caller, and checks every response."""

import argparse
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import requests

from tests.supervised import CHECKOUT, Stack, supervised_stack

ROLES = ("live key", "tool key", "test key", "publishable key", "token", "device", "session", "studio", "anonymous")
# Made for the run, by the kind of key.
NEW_KEYS = {"tool key": "secret", "publishable key": "publishable"}
# Those who change games get a real one.
MAKERS = frozenset({"tool key", "studio"})
UNLIMITED = {f"RATE_LIMIT_{kind}": "0" for kind in ("KEY", "PUBLISHABLE", "TOKEN", "SESSION", "ANONYMOUS", "SECRET")}
UNLIMITED |= {"GUEST_LIMIT_ADDRESS": "0", "GUEST_LIMIT_GAME": "0"}
# Ids are made up, so most of what is well formed is rightly not found.
LEFT_OUT = ("positive_data_acceptance",)
# A bad item of a batch fails alone, and the batch is a 200.
OF_BATCHES = ("negative_data_rejection",)
# The log-in goes along with every request, also where a check means to leave it out.
OF_SESSIONS = ("missing_required_header", "negative_data_rejection")
# How a request that the schema does not allow is refused; 413 is missing from what schemathesis expects.
REFUSALS = (400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx")
BATCHES = "(/batch|/unlock-imports/[^/]+/unlocks)$"
# A response that does not end, and a ticket is enough for it; tests/notifications/test_stream.py reads it.
STREAMS = "/stream$"
UNADMITTED = frozenset({"anonymous"})
PHASES = "examples,coverage,fuzzing"
# What examples and coverage may take on a slow machine, beside the time for fuzzing.
SECONDS_BESIDE = 900


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.api.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=int, default=8, help="for each kind of caller (8)")
    parser.add_argument("--examples", type=int, default=10, help="of each operation, again and again in this time (10)")
    parser.add_argument("--role", action="append", choices=ROLES, help="only this; may be repeated")
    parser.add_argument("--path", help="only operations whose path this expression finds; real ids stand in it then")
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with patch.dict(os.environ, UNLIMITED), supervised_stack() as stack:
        # So that there are closed windows, ranks and statistics to request.
        stack.manage("run_jobs")
        failed = [
            role
            for role in options.role or ROLES
            if not fuzz(stack, role, options.examples, seed=options.seed, path=options.path, minutes=options.minutes)
        ]
    sys.stdout.write(f"failed as: {', '.join(failed)}\n" if failed else "nothing found\n")
    return 1 if failed else 0


def fuzz(
    stack: Stack,
    role: str,
    examples: int,
    *,
    seed: int | None = None,
    path: str | None = None,
    phases: str = PHASES,
    minutes: int | None = None,
) -> bool:
    """Send generated requests as one kind of caller; return whether every response was as described.

    Each operation gets the examples once, or in `minutes` as often as there is time for.
    """
    sys.stdout.write(f"\n== as {role}\n")
    sys.stdout.flush()
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{stack.base_url}/api/v1/schema/"),
        *("--url", stack.base_url, "--max-examples", str(examples), "--phases", phases),
        *("--continue-on-failure", "--no-color", "--workers", "1", "--warnings", "off"),
        *("--suppress-health-check", "all", *(("--seed", str(seed)) if seed is not None else ())),
        *(("--max-time", str(minutes * 60)) if minutes else ()),
        *(("--include-path-regex", path) if path else ()),
        *(() if role in UNADMITTED else ("--exclude-path-regex", STREAMS)),
    ]
    for name, value in headers_of(stack, role).items():
        command += ["--header", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as folder:
        settings = _checks(role) + (_real_ids(stack) if path or role in MAKERS else "")
        (Path(folder) / "schemathesis.toml").write_text(settings, encoding="utf-8")
        run = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            timeout=(minutes or 0) * 60 + SECONDS_BESIDE,
            check=False,
        )
    return run.returncode == 0


def _checks(role: str) -> str:
    """Return settings that enable every check but those that would find fault where there is none."""
    of_role = OF_SESSIONS if role in {"session", "studio"} else ()
    left_out = "".join(f"{name}.enabled = false\n" for name in (*LEFT_OUT, *of_role))
    if "negative_data_rejection" not in of_role:
        left_out += f"negative_data_rejection.expected-statuses = {list(map(str, REFUSALS))}\n"
    of_batches = "".join(f"checks.{name}.enabled = false\n" for name in OF_BATCHES)
    return f"[checks]\n{left_out}\n[[operations]]\ninclude-path-regex = '{BATCHES}'\n{of_batches}\n"


def _real_ids(stack: Stack) -> str:
    """Return settings that put the demo's game and player into every path, as nothing that is made up is there."""
    game, player = stack.demo["game"], stack.demo["players"][0]
    ids = {"game_id": game["id"], "achievement": game["achievements"][0]["key"], "player_id": player["id"]}
    return "[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in ids.items())


def headers_of(stack: Stack, role: str) -> dict[str, str]:
    """Return the headers with which one kind of caller makes itself known."""
    game, player = stack.demo["game"], stack.demo["players"][0]
    if role == "anonymous":
        return {}
    if role in {"session", "studio"}:
        person = player if role == "session" else stack.demo["studio"]
        return _log_in(stack.base_url, person["email"], person["password"])
    if role == "device":
        return {"Authorization": f"Bearer {_device_token(stack)}"}
    if role in NEW_KEYS:
        return {"Authorization": f"Bearer {_new_key(stack, NEW_KEYS[role])}"}
    live = {"Authorization": f"Bearer {game['live_key']}"}
    if role == "token":
        minted = requests.post(f"{stack.base_url}/api/v1/players/{player['id']}/tokens", headers=live, timeout=10)
        return {"Authorization": f"Bearer {minted.json()['token']}"}
    return live if role == "live key" else {"Authorization": f"Bearer {game['test_key']}"}


def _new_key(stack: Stack, kind: str) -> str:
    """Return a new live key, a secret one with every scope."""
    studio = _log_in(stack.base_url, stack.demo["studio"]["email"], stack.demo["studio"]["password"])
    described = requests.get(f"{stack.base_url}/api/v1/schema/", timeout=10).json()["components"]["schemas"]
    scopes = {"scopes": described["ScopesEnum"]["enum"]} if kind == "secret" else {}
    body = {"name": "Fuzzing", "environment": "live", "kind": kind, **scopes}
    url = f"{stack.base_url}/api/v1/manage/games/{stack.demo['game']['id']}/keys"
    made = requests.post(url, json=body, headers=studio, timeout=10)
    made.raise_for_status()
    return str(made.json()["token"])


def _device_token(stack: Stack) -> str:
    """Return the token of a new guest, minted on its device."""

    def post(path: str, **body: str) -> Any:
        answer = requests.post(f"{stack.base_url}/api/v1/{path}", json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    headers = {"Authorization": f"Bearer {_new_key(stack, 'publishable')}"}
    guest = post("guests")
    device_id, secret = guest["device"]["id"], guest["secret"]
    challenge = post(f"devices/{device_id}/challenges")["challenge"]
    message = f"laurel-device-proof-1\n{device_id}\n{challenge}"
    proof = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return str(post(f"devices/{device_id}/tokens", challenge=challenge, proof=proof)["token"])


def _log_in(base_url: str, email: str, password: str) -> dict[str, str]:
    session = requests.Session()
    session.get(f"{base_url}/accounts/login/", timeout=10)
    form = {"login": email, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    session.post(f"{base_url}/accounts/login/", data=form, timeout=10).raise_for_status()
    cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    return {"Cookie": cookies, "X-CSRFToken": session.cookies["csrftoken"], "Referer": base_url}


if __name__ == "__main__":
    sys.exit(main())
