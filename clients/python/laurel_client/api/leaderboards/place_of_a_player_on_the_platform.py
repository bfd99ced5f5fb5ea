from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.place_of_a_player_on_the_platform_window import (
    PlaceOfAPlayerOnThePlatformWindow,
)
from ...models.player_place import PlayerPlace
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    player_id: UUID,
    *,
    around: int | Unset = 5,
    region: str | Unset = UNSET,
    window: PlaceOfAPlayerOnThePlatformWindow | Unset = PlaceOfAPlayerOnThePlatformWindow.ALL,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["around"] = around

    params["region"] = region

    json_window: str | Unset = UNSET
    if not isinstance(window, Unset):
        json_window = window.value

    params["window"] = json_window

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/leaderboards/global/players/{player_id}".format(
            player_id=quote(str(player_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> PlayerPlace | Problem | None:
    if response.status_code == 200:
        response_200 = PlayerPlace.from_dict(response.json())

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
) -> Response[PlayerPlace | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    player_id: UUID,
    *,
    client: AuthenticatedClient,
    around: int | Unset = 5,
    region: str | Unset = UNSET,
    window: PlaceOfAPlayerOnThePlatformWindow | Unset = PlaceOfAPlayerOnThePlatformWindow.ALL,
) -> Response[PlayerPlace | Problem]:
    """Place of a player on the platform

     As the place in a game, over the points of all games.

    Args:
        player_id (UUID):
        around (int | Unset):  Default: 5.
        region (str | Unset):
        window (PlaceOfAPlayerOnThePlatformWindow | Unset):  Default:
            PlaceOfAPlayerOnThePlatformWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PlayerPlace | Problem]
    """

    kwargs = _get_kwargs(
        player_id=player_id,
        around=around,
        region=region,
        window=window,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    player_id: UUID,
    *,
    client: AuthenticatedClient,
    around: int | Unset = 5,
    region: str | Unset = UNSET,
    window: PlaceOfAPlayerOnThePlatformWindow | Unset = PlaceOfAPlayerOnThePlatformWindow.ALL,
) -> PlayerPlace | Problem | None:
    """Place of a player on the platform

     As the place in a game, over the points of all games.

    Args:
        player_id (UUID):
        around (int | Unset):  Default: 5.
        region (str | Unset):
        window (PlaceOfAPlayerOnThePlatformWindow | Unset):  Default:
            PlaceOfAPlayerOnThePlatformWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PlayerPlace | Problem
    """

    return sync_detailed(
        player_id=player_id,
        client=client,
        around=around,
        region=region,
        window=window,
    ).parsed


async def asyncio_detailed(
    player_id: UUID,
    *,
    client: AuthenticatedClient,
    around: int | Unset = 5,
    region: str | Unset = UNSET,
    window: PlaceOfAPlayerOnThePlatformWindow | Unset = PlaceOfAPlayerOnThePlatformWindow.ALL,
) -> Response[PlayerPlace | Problem]:
    """Place of a player on the platform

     As the place in a game, over the points of all games.

    Args:
        player_id (UUID):
        around (int | Unset):  Default: 5.
        region (str | Unset):
        window (PlaceOfAPlayerOnThePlatformWindow | Unset):  Default:
            PlaceOfAPlayerOnThePlatformWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PlayerPlace | Problem]
    """

    kwargs = _get_kwargs(
        player_id=player_id,
        around=around,
        region=region,
        window=window,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    player_id: UUID,
    *,
    client: AuthenticatedClient,
    around: int | Unset = 5,
    region: str | Unset = UNSET,
    window: PlaceOfAPlayerOnThePlatformWindow | Unset = PlaceOfAPlayerOnThePlatformWindow.ALL,
) -> PlayerPlace | Problem | None:
    """Place of a player on the platform

     As the place in a game, over the points of all games.

    Args:
        player_id (UUID):
        around (int | Unset):  Default: 5.
        region (str | Unset):
        window (PlaceOfAPlayerOnThePlatformWindow | Unset):  Default:
            PlaceOfAPlayerOnThePlatformWindow.ALL.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PlayerPlace | Problem
    """

    return (
        await asyncio_detailed(
            player_id=player_id,
            client=client,
            around=around,
            region=region,
            window=window,
        )
    ).parsed
