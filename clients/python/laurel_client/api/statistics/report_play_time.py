from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.play_time_answer import PlayTimeAnswer
from ...models.play_time_report_request import PlayTimeReportRequest
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    player: str,
    *,
    body: PlayTimeReportRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/players/{player}/playtime".format(
            player=quote(str(player), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PlayTimeAnswer | Problem | None:
    if response.status_code == 200:
        response_200 = PlayTimeAnswer.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = PlayTimeAnswer.from_dict(response.json())

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
) -> Response[PlayTimeAnswer | Problem]:
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
    body: PlayTimeReportRequest,
) -> Response[PlayTimeAnswer | Problem]:
    """Report play time

     201 when it added play time, 200 when it was counted before. A session reported again with more
    seconds grows by the difference; it never shrinks.

    Args:
        player (str): The player's id, or `me`.
        body (PlayTimeReportRequest): A stretch of play. Send it once at the end, or again and
            again with more seconds while it lasts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PlayTimeAnswer | Problem]
    """

    kwargs = _get_kwargs(
        player=player,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    player: str,
    *,
    client: AuthenticatedClient,
    body: PlayTimeReportRequest,
) -> PlayTimeAnswer | Problem | None:
    """Report play time

     201 when it added play time, 200 when it was counted before. A session reported again with more
    seconds grows by the difference; it never shrinks.

    Args:
        player (str): The player's id, or `me`.
        body (PlayTimeReportRequest): A stretch of play. Send it once at the end, or again and
            again with more seconds while it lasts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PlayTimeAnswer | Problem
    """

    return sync_detailed(
        player=player,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    player: str,
    *,
    client: AuthenticatedClient,
    body: PlayTimeReportRequest,
) -> Response[PlayTimeAnswer | Problem]:
    """Report play time

     201 when it added play time, 200 when it was counted before. A session reported again with more
    seconds grows by the difference; it never shrinks.

    Args:
        player (str): The player's id, or `me`.
        body (PlayTimeReportRequest): A stretch of play. Send it once at the end, or again and
            again with more seconds while it lasts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PlayTimeAnswer | Problem]
    """

    kwargs = _get_kwargs(
        player=player,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    player: str,
    *,
    client: AuthenticatedClient,
    body: PlayTimeReportRequest,
) -> PlayTimeAnswer | Problem | None:
    """Report play time

     201 when it added play time, 200 when it was counted before. A session reported again with more
    seconds grows by the difference; it never shrinks.

    Args:
        player (str): The player's id, or `me`.
        body (PlayTimeReportRequest): A stretch of play. Send it once at the end, or again and
            again with more seconds while it lasts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PlayTimeAnswer | Problem
    """

    return (
        await asyncio_detailed(
            player=player,
            client=client,
            body=body,
        )
    ).parsed
