"""Reporting progress, and looking at what it wrote."""

from collections.abc import Iterable
from typing import Any

from apps.core.models import OutboxEntry
from apps.games.models import Achievement
from apps.players.models import Player
from apps.unlocks.models import (
    Progress,
    ProgressRequest,
    SandboxProgress,
    SandboxProgressRequest,
    SandboxUnlock,
    Unlock,
)
from tests.conftest import Api

TARGET = 100
LIVE = (Progress, ProgressRequest, Unlock, OutboxEntry)
SANDBOX = (SandboxProgress, SandboxProgressRequest, SandboxUnlock)


def send(api: Api, player: Player, achievement: Achievement, verb: str, **fields: Any) -> Any:
    body = {"player_id": str(player.id), "achievement_id": str(achievement.id), "verb": verb, **fields}
    return api.post("achievements/progress", body)


def counts(models: Iterable[Any] = (*LIVE, *SANDBOX)) -> list[int]:
    return [model.objects.count() for model in models]


def assert_refused(response: Any, status: int, code: str, pointer: str | None = None) -> None:
    """Assert a problem, and that nothing at all was written."""
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert [error["pointer"] for error in response.json()["errors"]] == ([pointer] if pointer else [])
    assert counts() == [0] * 7
