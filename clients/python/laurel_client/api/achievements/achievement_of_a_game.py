from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.achievement_entry import AchievementEntry
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    achievement: str,
    *,
    player_id: UUID | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_player_id: str | Unset = UNSET
    if not isinstance(player_id, Unset):
        json_player_id = str(player_id)
    params["player_id"] = json_player_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/games/{game_id}/achievements/{achievement}".format(
            game_id=quote(str(game_id), safe=""),
            achievement=quote(str(achievement), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AchievementEntry | Any | Problem | None:
    if response.status_code == 200:
        response_200 = AchievementEntry.from_dict(response.json())

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
) -> Response[AchievementEntry | Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    game_id: UUID,
    achievement: str,
    *,
    client: AuthenticatedClient,
    player_id: UUID | Unset = UNSET,
) -> Response[AchievementEntry | Any | Problem]:
    """Achievement of a game

     By its id or key. Hidden achievements that the viewer has neither earned nor been shown are masked.
    The viewer is the player of the token or session; a key sees with the eyes of its `player_id`, and
    of nobody without one.

    Args:
        game_id (UUID):
        achievement (str): The achievement's id, or its key such as ACH_FIRST_LIGHT.
        player_id (UUID | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AchievementEntry | Any | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        achievement=achievement,
        player_id=player_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    achievement: str,
    *,
    client: AuthenticatedClient,
    player_id: UUID | Unset = UNSET,
) -> AchievementEntry | Any | Problem | None:
    """Achievement of a game

     By its id or key. Hidden achievements that the viewer has neither earned nor been shown are masked.
    The viewer is the player of the token or session; a key sees with the eyes of its `player_id`, and
    of nobody without one.

    Args:
        game_id (UUID):
        achievement (str): The achievement's id, or its key such as ACH_FIRST_LIGHT.
        player_id (UUID | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AchievementEntry | Any | Problem
    """

    return sync_detailed(
        game_id=game_id,
        achievement=achievement,
        client=client,
        player_id=player_id,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    achievement: str,
    *,
    client: AuthenticatedClient,
    player_id: UUID | Unset = UNSET,
) -> Response[AchievementEntry | Any | Problem]:
    """Achievement of a game

     By its id or key. Hidden achievements that the viewer has neither earned nor been shown are masked.
    The viewer is the player of the token or session; a key sees with the eyes of its `player_id`, and
    of nobody without one.

    Args:
        game_id (UUID):
        achievement (str): The achievement's id, or its key such as ACH_FIRST_LIGHT.
        player_id (UUID | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AchievementEntry | Any | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        achievement=achievement,
        player_id=player_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    achievement: str,
    *,
    client: AuthenticatedClient,
    player_id: UUID | Unset = UNSET,
) -> AchievementEntry | Any | Problem | None:
    """Achievement of a game

     By its id or key. Hidden achievements that the viewer has neither earned nor been shown are masked.
    The viewer is the player of the token or session; a key sees with the eyes of its `player_id`, and
    of nobody without one.

    Args:
        game_id (UUID):
        achievement (str): The achievement's id, or its key such as ACH_FIRST_LIGHT.
        player_id (UUID | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AchievementEntry | Any | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            achievement=achievement,
            client=client,
            player_id=player_id,
        )
    ).parsed
