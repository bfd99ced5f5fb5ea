from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.announcement import Announcement
from ...models.new_announcement_request import NewAnnouncementRequest
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    *,
    body: NewAnnouncementRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/manage/games/{game_id}/announcements".format(
            game_id=quote(str(game_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Announcement | Problem | None:
    if response.status_code == 201:
        response_201 = Announcement.from_dict(response.json())

        return response_201

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

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

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
) -> Response[Announcement | Problem]:
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
    body: NewAnnouncementRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Announcement | Problem]:
    """Send an announcement

     Tells everyone who has earned something in the game, within seconds or, of a large game, minutes. It
    can't be changed afterwards. At most three a game in 24 hours, withdrawn ones included.

    Args:
        game_id (UUID):
        idempotency_key (str | Unset):
        body (NewAnnouncementRequest): What to tell the players.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Announcement | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewAnnouncementRequest,
    idempotency_key: str | Unset = UNSET,
) -> Announcement | Problem | None:
    """Send an announcement

     Tells everyone who has earned something in the game, within seconds or, of a large game, minutes. It
    can't be changed afterwards. At most three a game in 24 hours, withdrawn ones included.

    Args:
        game_id (UUID):
        idempotency_key (str | Unset):
        body (NewAnnouncementRequest): What to tell the players.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Announcement | Problem
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewAnnouncementRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Announcement | Problem]:
    """Send an announcement

     Tells everyone who has earned something in the game, within seconds or, of a large game, minutes. It
    can't be changed afterwards. At most three a game in 24 hours, withdrawn ones included.

    Args:
        game_id (UUID):
        idempotency_key (str | Unset):
        body (NewAnnouncementRequest): What to tell the players.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Announcement | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewAnnouncementRequest,
    idempotency_key: str | Unset = UNSET,
) -> Announcement | Problem | None:
    """Send an announcement

     Tells everyone who has earned something in the game, within seconds or, of a large game, minutes. It
    can't be changed afterwards. At most three a game in 24 hours, withdrawn ones included.

    Args:
        game_id (UUID):
        idempotency_key (str | Unset):
        body (NewAnnouncementRequest): What to tell the players.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Announcement | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
