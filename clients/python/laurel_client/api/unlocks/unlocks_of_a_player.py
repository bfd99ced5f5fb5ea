import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.unlock_entry_page import UnlockEntryPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    player: str,
    *,
    cursor: str | Unset = UNSET,
    game: UUID | Unset = UNSET,
    page_size: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    json_game: str | Unset = UNSET
    if not isinstance(game, Unset):
        json_game = str(game)
    params["game"] = json_game

    params["page_size"] = page_size

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/players/{player}/unlocks".format(
            player=quote(str(player), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | UnlockEntryPage | None:
    if response.status_code == 200:
        response_200 = UnlockEntryPage.from_dict(response.json())

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
) -> Response[Problem | UnlockEntryPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    player: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    game: UUID | Unset = UNSET,
    page_size: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
) -> Response[Problem | UnlockEntryPage]:
    """Unlocks of a player

     Newest first. Keys and tokens read those of their own game. Hidden achievements that the viewer has
    neither earned nor been shown are masked. The viewer is the player of the token or session; a key
    sees with the eyes of its `player_id`, and of nobody without one.

    Args:
        player (str): The player's id, or `me`.
        cursor (str | Unset):
        game (UUID | Unset):
        page_size (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UnlockEntryPage]
    """

    kwargs = _get_kwargs(
        player=player,
        cursor=cursor,
        game=game,
        page_size=page_size,
        since=since,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    player: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    game: UUID | Unset = UNSET,
    page_size: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
) -> Problem | UnlockEntryPage | None:
    """Unlocks of a player

     Newest first. Keys and tokens read those of their own game. Hidden achievements that the viewer has
    neither earned nor been shown are masked. The viewer is the player of the token or session; a key
    sees with the eyes of its `player_id`, and of nobody without one.

    Args:
        player (str): The player's id, or `me`.
        cursor (str | Unset):
        game (UUID | Unset):
        page_size (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UnlockEntryPage
    """

    return sync_detailed(
        player=player,
        client=client,
        cursor=cursor,
        game=game,
        page_size=page_size,
        since=since,
    ).parsed


async def asyncio_detailed(
    player: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    game: UUID | Unset = UNSET,
    page_size: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
) -> Response[Problem | UnlockEntryPage]:
    """Unlocks of a player

     Newest first. Keys and tokens read those of their own game. Hidden achievements that the viewer has
    neither earned nor been shown are masked. The viewer is the player of the token or session; a key
    sees with the eyes of its `player_id`, and of nobody without one.

    Args:
        player (str): The player's id, or `me`.
        cursor (str | Unset):
        game (UUID | Unset):
        page_size (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | UnlockEntryPage]
    """

    kwargs = _get_kwargs(
        player=player,
        cursor=cursor,
        game=game,
        page_size=page_size,
        since=since,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    player: str,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    game: UUID | Unset = UNSET,
    page_size: int | Unset = 50,
    since: datetime.datetime | Unset = UNSET,
) -> Problem | UnlockEntryPage | None:
    """Unlocks of a player

     Newest first. Keys and tokens read those of their own game. Hidden achievements that the viewer has
    neither earned nor been shown are masked. The viewer is the player of the token or session; a key
    sees with the eyes of its `player_id`, and of nobody without one.

    Args:
        player (str): The player's id, or `me`.
        cursor (str | Unset):
        game (UUID | Unset):
        page_size (int | Unset):  Default: 50.
        since (datetime.datetime | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | UnlockEntryPage
    """

    return (
        await asyncio_detailed(
            player=player,
            client=client,
            cursor=cursor,
            game=game,
            page_size=page_size,
            since=since,
        )
    ).parsed
