from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.final_page import FinalPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    window: str,
    opened_on: str,
    *,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["page"] = page

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/leaderboards/{game_id}/closed/{window}/{opened_on}".format(
            game_id=quote(str(game_id), safe=""),
            window=quote(str(window), safe=""),
            opened_on=quote(str(opened_on), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> FinalPage | Problem | None:
    if response.status_code == 200:
        response_200 = FinalPage.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[FinalPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    game_id: UUID,
    window: str,
    opened_on: str,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
) -> Response[FinalPage | Problem]:
    """Final places in a game

     Where the first thousand stood when a window closed; it never changes.

    Args:
        game_id (UUID):
        window (str):
        opened_on (str):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FinalPage | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        window=window,
        opened_on=opened_on,
        page=page,
        page_size=page_size,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    window: str,
    opened_on: str,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
) -> FinalPage | Problem | None:
    """Final places in a game

     Where the first thousand stood when a window closed; it never changes.

    Args:
        game_id (UUID):
        window (str):
        opened_on (str):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FinalPage | Problem
    """

    return sync_detailed(
        game_id=game_id,
        window=window,
        opened_on=opened_on,
        client=client,
        page=page,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    window: str,
    opened_on: str,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
) -> Response[FinalPage | Problem]:
    """Final places in a game

     Where the first thousand stood when a window closed; it never changes.

    Args:
        game_id (UUID):
        window (str):
        opened_on (str):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FinalPage | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        window=window,
        opened_on=opened_on,
        page=page,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    window: str,
    opened_on: str,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 100,
) -> FinalPage | Problem | None:
    """Final places in a game

     Where the first thousand stood when a window closed; it never changes.

    Args:
        game_id (UUID):
        window (str):
        opened_on (str):
        page (int | Unset):  Default: 1.
        page_size (int | Unset):  Default: 100.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FinalPage | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            window=window,
            opened_on=opened_on,
            client=client,
            page=page,
            page_size=page_size,
        )
    ).parsed
