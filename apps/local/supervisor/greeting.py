"""The message of `run` when everything is up: URLs, accounts to log in with, and an unlock to try."""

import json
import os
from typing import Any

from environ import Env

from apps.local.supervisor.console import BOLD, DIM, Console
from apps.local.supervisor.home import Home
from apps.local.supervisor.parts import Endpoint

PLAYERS_SHOWN = 2
_BEHIND_PROXY = (
    "  HTTPS_ONLY is on: this address refuses plain HTTP, and is for a proxy of yours that speaks HTTPS.",
    "  Set TRUSTED_PROXIES to the number of your proxies, and open the proxy's address.",
)


def greeting(home: Home, endpoint: Endpoint, console: Console) -> str:
    demo = home.read("demo.json") or {}
    is_https_only = Env().bool("HTTPS_ONLY", default=False)
    lines = ["", f"  Laurel is ready: {console.paint(BOLD, endpoint.url)}", ""]
    if is_https_only:
        lines += [*_BEHIND_PROXY, ""]
    if demo.get("players"):
        lines += [*_log_ins(demo), ""]
    if demo.get("players") and not is_https_only:
        lines += ["  Unlock an achievement:", "", _curl(demo), ""]
    lines += [
        console.paint(DIM, f"  Ids, keys and passwords: {home.path / 'demo.json'}   Logs: {home.logs}"),
        *([] if os.environ.get("EMAIL_URL") else [console.paint(DIM, f"  Mails, each a file: {home.mail}")]),
        console.paint(DIM, "  Ctrl-C stops everything."),
    ]
    return "\n".join(lines)


def _log_ins(demo: dict[str, Any]) -> list[str]:
    people = [(demo["studio"], "a studio: games, keys, unlocks arriving")]
    people += [(player, f"a player, {player['handle']}") for player in demo["players"][:PLAYERS_SHOWN]]
    width = max(len(person["email"]) for person, _ in people)
    return ["  Log in as", *(f"    {p['email']:<{width}}  {p['password']}  ({who})" for p, who in people)]


def _curl(demo: dict[str, Any]) -> str:
    body = {"player_id": demo["players"][0]["id"], "achievement_id": demo["game"]["achievements"][0]["key"]}
    return (
        f"curl -i {demo['base_url']}/api/v1/achievements/unlock -H 'Authorization: Bearer {demo['game']['live_key']}' "
        f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )
