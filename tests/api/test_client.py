"""The Python client: as the API is described, and good for what a game server does with it."""

import asyncio
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import laurel_client
import pytest
from laurel_client import AuthenticatedClient, Client
from laurel_client.api.leaderboards import leaderboard_of_a_game
from laurel_client.api.players import find_or_create_a_player, mint_a_player_token
from laurel_client.api.unlocks import report_progress, unlock_an_achievement, unlock_many_achievements
from laurel_client.models import (
    IncrementReportRequest,
    NewPlayerRequest,
    PlayerToken,
    Problem,
    UnlockAnswer,
    UnlockBatchRequest,
    UnlockReportRequest,
)

from tests.api.client import HOME
from tests.api.test_schema import operations
from tests.factories import make_achievement, make_game, make_key
from tests.live import wait_until
from tests.supervised import Stack


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.full
@pytest.mark.timeout(300)
def test_installing_the_client_leaves_the_checkout_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clients = tmp_path / "checkout/clients"
    shutil.copytree(HOME.parent, clients, ignore=shutil.ignore_patterns("__pycache__"))
    before = contents(clients)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)

    installing = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", tmp_path / "site"]
    subprocess.run([*installing, clients / "python"], check=True, capture_output=True)

    assert contents(clients) == before
    installed = {path.name for path in (tmp_path / "site/laurel_client").iterdir()}
    assert {"__init__.py", "api", "client.py", "models", "py.typed"} <= installed


def test_the_client_has_a_module_for_every_operation() -> None:
    modules = {path.stem for path in Path(laurel_client.__file__).parent.glob("api/*/*.py")} - {"__init__"}

    assert len(modules) == len(operations())


def test_the_client_is_built_by_the_generator_that_is_tested() -> None:
    build = tomllib.loads((HOME / "pyproject.toml").read_text())["build-system"]

    assert f"openapi-python-client=={version('openapi-python-client')}" in build["requires"]


@pytest.fixture
def game(live_orm: Stack) -> Any:
    return make_game()


@pytest.fixture
def server(live_orm: Stack, game: Any) -> Iterator[AuthenticatedClient]:
    with AuthenticatedClient(base_url=live_orm.base_url, token=make_key(game)) as client:
        yield client


def test_a_game_server_does_its_day(server: AuthenticatedClient, game: Any) -> None:
    first, steps = make_achievement(game, points=5), make_achievement(game, kind="incremental", target=3, points=7)

    player = find_or_create_a_player.sync("steam-1", client=server, body=NewPlayerRequest(display_name="Mira"))
    assert not isinstance(player, Problem | None)
    report = UnlockReportRequest(player_id=player.id, achievement_id=first.key)
    responses = [unlock_an_achievement.sync_detailed(client=server, body=report) for _ in range(2)]
    progress = report_progress.sync(
        client=server,
        body=IncrementReportRequest(
            player_id=player.id,
            achievement_id=steps.key,
            verb="increment",
            steps=3,
            request_id="match-1",
        ),
    )

    assert [response.status_code for response in responses] == [201, 200]
    assert [response.parsed.unlocked for response in responses if isinstance(response.parsed, UnlockAnswer)] == [
        True,
        False,
    ]
    assert not isinstance(progress, Problem | None)
    assert progress.unlocked_at is not None
    wait_until(lambda: points_on_board(server, game) == [12], "the board shows both")


def test_a_client_with_a_token_is_its_player(live_orm: Stack, server: AuthenticatedClient, game: Any) -> None:
    earned = make_achievement(game, setter="client")
    player = find_or_create_a_player.sync("steam-2", client=server, body=NewPlayerRequest())
    assert not isinstance(player, Problem | None)
    minted = mint_a_player_token.sync(player.id, client=server)
    assert isinstance(minted, PlayerToken)
    report = UnlockReportRequest(player_id=player.id, achievement_id=earned.key)

    async def unlock() -> Any:
        async with AuthenticatedClient(base_url=live_orm.base_url, token=minted.token) as own:
            return await unlock_an_achievement.asyncio(client=own, body=report)

    response = asyncio.run(unlock())

    assert isinstance(response, UnlockAnswer)
    assert response.unlocked


def test_a_batch_answers_each_in_order(server: AuthenticatedClient, game: Any) -> None:
    player = find_or_create_a_player.sync("steam-3", client=server, body=NewPlayerRequest())
    assert not isinstance(player, Problem | None)
    keys = [make_achievement(game).key, "ACH_NONE"]

    response = unlock_many_achievements.sync(
        client=server,
        body=UnlockBatchRequest(unlocks=[UnlockReportRequest(achievement_id=key, player_id=player.id) for key in keys]),
    )

    assert not isinstance(response, Problem | None)
    assert [item.status for item in response.results] == [201, 404]


def test_what_is_refused_is_a_problem_with_its_code(live_orm: Stack, game: Any) -> None:
    report = UnlockReportRequest(player_id=game.id, achievement_id="ACH_NONE")

    with Client(base_url=live_orm.base_url) as anyone:
        response = unlock_an_achievement.sync(client=anyone, body=report)  # type: ignore[arg-type]

    assert isinstance(response, Problem)
    assert (response.status, response.code) == (401, "not_authenticated")


def points_on_board(server: AuthenticatedClient, game: Any) -> list[int]:
    board = leaderboard_of_a_game.sync(game.id, client=server)
    assert not isinstance(board, Problem | None)
    return [row.points for row in board.results]
