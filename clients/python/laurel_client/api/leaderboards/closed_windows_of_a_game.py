from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.closed_windows import ClosedWindows
from ...models.closed_windows_of_a_game_window import ClosedWindowsOfAGameWindow
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    *,
    window: ClosedWindowsOfAGameWindow | Unset = ClosedWindowsOfAGameWindow.WEEK,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_window: str | Unset = UNSET
    if not isinstance(window, Unset):
        json_window = window.value

    params["window"] = json_window

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/leaderboards/{game_id}/closed".format(
            game_id=quote(str(game_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ClosedWindows | Problem | None:
    if response.status_code == 200:
        response_200 = ClosedWindows.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ClosedWindows | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    window: ClosedWindowsOfAGameWindow | Unset = ClosedWindowsOfAGameWindow.WEEK,
) -> Response[ClosedWindows | Problem]:
    """Closed windows of a game

     The last 50 days, weeks or months that somebody was on, each with its first three.

    Args:
        game_id (UUID):
        window (ClosedWindowsOfAGameWindow | Unset):  Default: ClosedWindowsOfAGameWindow.WEEK.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ClosedWindows | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        window=window,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    window: ClosedWindowsOfAGameWindow | Unset = ClosedWindowsOfAGameWindow.WEEK,
) -> ClosedWindows | Problem | None:
    """Closed windows of a game

     The last 50 days, weeks or months that somebody was on, each with its first three.

    Args:
        game_id (UUID):
        window (ClosedWindowsOfAGameWindow | Unset):  Default: ClosedWindowsOfAGameWindow.WEEK.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ClosedWindows | Problem
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        window=window,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    window: ClosedWindowsOfAGameWindow | Unset = ClosedWindowsOfAGameWindow.WEEK,
) -> Response[ClosedWindows | Problem]:
    """Closed windows of a game

     The last 50 days, weeks or months that somebody was on, each with its first three.

    Args:
        game_id (UUID):
        window (ClosedWindowsOfAGameWindow | Unset):  Default: ClosedWindowsOfAGameWindow.WEEK.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ClosedWindows | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        window=window,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    window: ClosedWindowsOfAGameWindow | Unset = ClosedWindowsOfAGameWindow.WEEK,
) -> ClosedWindows | Problem | None:
    """Closed windows of a game

     The last 50 days, weeks or months that somebody was on, each with its first three.

    Args:
        game_id (UUID):
        window (ClosedWindowsOfAGameWindow | Unset):  Default: ClosedWindowsOfAGameWindow.WEEK.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ClosedWindows | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            window=window,
        )
    ).parsed
