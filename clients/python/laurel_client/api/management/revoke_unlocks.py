from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.new_revocation_request import NewRevocationRequest
from ...models.problem import Problem
from ...models.revocation import Revocation
from ...types import Response


def _get_kwargs(
    game_id: UUID,
    *,
    body: NewRevocationRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/manage/games/{game_id}/revocations".format(
            game_id=quote(str(game_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Revocation | None:
    if response.status_code == 201:
        response_201 = Revocation.from_dict(response.json())

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

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[Problem | Revocation]:
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
    body: NewRevocationRequest,
) -> Response[Problem | Revocation]:
    """Revoke unlocks

     Boards, totals, rarity and statistics follow within seconds. Over 1,000 unlocks are taken back in
    the background: look at `state`. The player may earn them again.

    Args:
        game_id (UUID):
        body (NewRevocationRequest): Which unlocks to take back: a player's, an achievement's, or
            with both the one.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Revocation]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewRevocationRequest,
) -> Problem | Revocation | None:
    """Revoke unlocks

     Boards, totals, rarity and statistics follow within seconds. Over 1,000 unlocks are taken back in
    the background: look at `state`. The player may earn them again.

    Args:
        game_id (UUID):
        body (NewRevocationRequest): Which unlocks to take back: a player's, an achievement's, or
            with both the one.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Revocation
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewRevocationRequest,
) -> Response[Problem | Revocation]:
    """Revoke unlocks

     Boards, totals, rarity and statistics follow within seconds. Over 1,000 unlocks are taken back in
    the background: look at `state`. The player may earn them again.

    Args:
        game_id (UUID):
        body (NewRevocationRequest): Which unlocks to take back: a player's, an achievement's, or
            with both the one.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Revocation]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: NewRevocationRequest,
) -> Problem | Revocation | None:
    """Revoke unlocks

     Boards, totals, rarity and statistics follow within seconds. Over 1,000 unlocks are taken back in
    the background: look at `state`. The player may earn them again.

    Args:
        game_id (UUID):
        body (NewRevocationRequest): Which unlocks to take back: a player's, an achievement's, or
            with both the one.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Revocation
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            body=body,
        )
    ).parsed
