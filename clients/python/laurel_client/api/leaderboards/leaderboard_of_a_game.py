from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.board_page import BoardPage
from ...models.leaderboard_of_a_game_window import LeaderboardOfAGameWindow
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    *,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
    region: str | Unset = UNSET,
    window: LeaderboardOfAGameWindow | Unset = LeaderboardOfAGameWindow.ALL,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["page"] = page

    params["page_size"] = page_size

    params["region"] = region

    json_window: str | Unset = UNSET
    if not isinstance(window, Unset):
        json_window = window.value

    params["window"] = json_window

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/leaderboards/{game_id}".format(
            game_id=quote(str(game_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | BoardPage | Problem | None:
    if response.status_code == 200:
        response_200 = BoardPage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[Any | BoardPage | Problem]:
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
    page: int | Unset = 1,
    page_size: int | Unset = 100,
    region: str | Unset = UNSET,
    window: LeaderboardOfAGameWindow | Unset = LeaderboardOfAGameWindow.ALL,
) -> Response[Any | BoardPage | Problem]:
    """Leaderboard of a game

     Most points first; of equals, who reached them first. Pages of several regions end at place 5,000,
    and such a board is up to 30 seconds behind. Send the ETag as If-None-Match: 304 while it holds.

    Args:
        game_id (UUID):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.
        region (str | Unset):
        window (LeaderboardOfAGameWindow | Unset):  Default: LeaderboardOfAGameWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | BoardPage | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        page=page,
        page_size=page_size,
        region=region,
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
    page: int | Unset = 1,
    page_size: int | Unset = 100,
    region: str | Unset = UNSET,
    window: LeaderboardOfAGameWindow | Unset = LeaderboardOfAGameWindow.ALL,
) -> Any | BoardPage | Problem | None:
    """Leaderboard of a game

     Most points first; of equals, who reached them first. Pages of several regions end at place 5,000,
    and such a board is up to 30 seconds behind. Send the ETag as If-None-Match: 304 while it holds.

    Args:
        game_id (UUID):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.
        region (str | Unset):
        window (LeaderboardOfAGameWindow | Unset):  Default: LeaderboardOfAGameWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | BoardPage | Problem
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        page=page,
        page_size=page_size,
        region=region,
        window=window,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
    region: str | Unset = UNSET,
    window: LeaderboardOfAGameWindow | Unset = LeaderboardOfAGameWindow.ALL,
) -> Response[Any | BoardPage | Problem]:
    """Leaderboard of a game

     Most points first; of equals, who reached them first. Pages of several regions end at place 5,000,
    and such a board is up to 30 seconds behind. Send the ETag as If-None-Match: 304 while it holds.

    Args:
        game_id (UUID):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.
        region (str | Unset):
        window (LeaderboardOfAGameWindow | Unset):  Default: LeaderboardOfAGameWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | BoardPage | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        page=page,
        page_size=page_size,
        region=region,
        window=window,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
    region: str | Unset = UNSET,
    window: LeaderboardOfAGameWindow | Unset = LeaderboardOfAGameWindow.ALL,
) -> Any | BoardPage | Problem | None:
    """Leaderboard of a game

     Most points first; of equals, who reached them first. Pages of several regions end at place 5,000,
    and such a board is up to 30 seconds behind. Send the ETag as If-None-Match: 304 while it holds.

    Args:
        game_id (UUID):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.
        region (str | Unset):
        window (LeaderboardOfAGameWindow | Unset):  Default: LeaderboardOfAGameWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | BoardPage | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            page=page,
            page_size=page_size,
            region=region,
            window=window,
        )
    ).parsed
