from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.resent_webhook import ResentWebhook
from ...types import Response


def _get_kwargs(
    game_id: UUID,
    webhook_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/manage/games/{game_id}/webhooks/{webhook_id}/resend-failed".format(
            game_id=quote(str(game_id), safe=""),
            webhook_id=quote(str(webhook_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | ResentWebhook | None:
    if response.status_code == 202:
        response_202 = ResentWebhook.from_dict(response.json())

        return response_202

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
) -> Response[Problem | ResentWebhook]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    game_id: UUID,
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | ResentWebhook]:
    """Resend failed deliveries

     All that failed within the 30 days that deliveries are kept, after a receiver was mended: each as
    resending it alone would. The oldest 10,000 at a time; ask again until it is 0.

    Args:
        game_id (UUID):
        webhook_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ResentWebhook]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        webhook_id=webhook_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Problem | ResentWebhook | None:
    """Resend failed deliveries

     All that failed within the 30 days that deliveries are kept, after a receiver was mended: each as
    resending it alone would. The oldest 10,000 at a time; ask again until it is 0.

    Args:
        game_id (UUID):
        webhook_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ResentWebhook
    """

    return sync_detailed(
        game_id=game_id,
        webhook_id=webhook_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[Problem | ResentWebhook]:
    """Resend failed deliveries

     All that failed within the 30 days that deliveries are kept, after a receiver was mended: each as
    resending it alone would. The oldest 10,000 at a time; ask again until it is 0.

    Args:
        game_id (UUID):
        webhook_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ResentWebhook]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        webhook_id=webhook_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Problem | ResentWebhook | None:
    """Resend failed deliveries

     All that failed within the 30 days that deliveries are kept, after a receiver was mended: each as
    resending it alone would. The oldest 10,000 at a time; ask again until it is 0.

    Args:
        game_id (UUID):
        webhook_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ResentWebhook
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            webhook_id=webhook_id,
            client=client,
        )
    ).parsed
