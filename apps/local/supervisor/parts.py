"""The command lines of Laurel's parts, apart from its servers."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.local.orphan_reaper import CHECKOUT
from apps.local.programs import Program
from apps.local.supervisor.fleet import Child
from apps.local.supervisor.home import Home

QUEUES = "notifications,leaderboard,analytics"
# Two pool processes keep a hanging task from blocking the others; a single worker has no one to gossip with, and starts
# a second earlier without it.
WORKER_OPTIONS = ("--concurrency", "2", "--without-gossip", "--without-mingle")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The host and port that Laurel listens on."""

    host: str
    port: int

    @property
    def netloc(self) -> str:
        """The host and port to reach it from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return (
            f"[{host}]:{self.port}" if ":" in host.strip("[]") and not host.startswith("[") else f"{host}:{self.port}"
        )

    @property
    def is_loopback(self) -> bool:
        return self.host.strip("[]") in {"127.0.0.1", "localhost", "::1"}

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def rewritten(self, demo: Mapping[str, object]) -> dict[str, object]:
        """Return demo.json's values for this endpoint."""
        path = urlsplit(str(demo.get("ws_url", ""))).path
        return {**demo, "base_url": self.url, "ws_url": f"ws://{self.netloc}{path}"}


def preparation(environment: Mapping[str, str]) -> Program:
    # The limit of settings.py is for requests; index builds and demo data may take longer.
    return _python("prepare", {**environment, "STATEMENT_TIMEOUT_MS": "0"}, "manage.py", "prepare")


def application(environment: Mapping[str, str], home: Home, endpoint: Endpoint) -> list[Child]:
    """Return web, relay, worker and beat, in start order."""
    programs = [
        _python("web", environment, "manage.py", "web", *_web_options(endpoint)),
        _python("relay", environment, "manage.py", "relay"),
        _python("worker", environment, *_celery("worker", "--queues", QUEUES, *WORKER_OPTIONS)),
        _python("beat", environment, *_celery("beat")),
    ]
    return [_child(program) for program in programs]


def _child(program: Program) -> Child:
    return Child(program.name, lambda: program)


def _web_options(endpoint: Endpoint) -> list[str]:
    return ["--host", endpoint.host, "--port", str(endpoint.port), "--grace-seconds", "2"]


def _celery(role: str, *options: str) -> list[str]:
    # --quiet: without a banner, every line of the log is JSON.
    return ["-m", "celery", "--quiet", "-A", "achievements_site", role, "--loglevel", "WARNING", *options]


def _python(name: str, environment: Mapping[str, str], *arguments: str) -> Program:
    return Program(name=name, command=(sys.executable, *arguments), folder=CHECKOUT, environment=environment)
