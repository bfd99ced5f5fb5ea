import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.game_statistics import GameStatistics
from ...models.problem import Problem
from ...models.statistics_of_a_game_interval import StatisticsOfAGameInterval
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    *,
    end_date: datetime.date | Unset = UNSET,
    interval: StatisticsOfAGameInterval | Unset = StatisticsOfAGameInterval.DAY,
    start_date: datetime.date | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_end_date: str | Unset = UNSET
    if not isinstance(end_date, Unset):
        json_end_date = end_date.isoformat()
    params["end_date"] = json_end_date

    json_interval: str | Unset = UNSET
    if not isinstance(interval, Unset):
        json_interval = interval.value

    params["interval"] = json_interval

    json_start_date: str | Unset = UNSET
    if not isinstance(start_date, Unset):
        json_start_date = start_date.isoformat()
    params["start_date"] = json_start_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/manage/games/{game_id}/statistics".format(
            game_id=quote(str(game_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> GameStatistics | Problem | None:
    if response.status_code == 200:
        response_200 = GameStatistics.from_dict(response.json())

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
) -> Response[GameStatistics | Problem]:
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
    end_date: datetime.date | Unset = UNSET,
    interval: StatisticsOfAGameInterval | Unset = StatisticsOfAGameInterval.DAY,
    start_date: datetime.date | Unset = UNSET,
) -> Response[GameStatistics | Problem]:
    """Statistics of a game

     What players did, hour by hour or day by day, and how rare each achievement was on each day.
    Computed after each hour and day; offline play counts when it was played.

    Args:
        game_id (UUID):
        end_date (datetime.date | Unset):
        interval (StatisticsOfAGameInterval | Unset):  Default: StatisticsOfAGameInterval.DAY.
        start_date (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[GameStatistics | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        end_date=end_date,
        interval=interval,
        start_date=start_date,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    end_date: datetime.date | Unset = UNSET,
    interval: StatisticsOfAGameInterval | Unset = StatisticsOfAGameInterval.DAY,
    start_date: datetime.date | Unset = UNSET,
) -> GameStatistics | Problem | None:
    """Statistics of a game

     What players did, hour by hour or day by day, and how rare each achievement was on each day.
    Computed after each hour and day; offline play counts when it was played.

    Args:
        game_id (UUID):
        end_date (datetime.date | Unset):
        interval (StatisticsOfAGameInterval | Unset):  Default: StatisticsOfAGameInterval.DAY.
        start_date (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        GameStatistics | Problem
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        end_date=end_date,
        interval=interval,
        start_date=start_date,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    end_date: datetime.date | Unset = UNSET,
    interval: StatisticsOfAGameInterval | Unset = StatisticsOfAGameInterval.DAY,
    start_date: datetime.date | Unset = UNSET,
) -> Response[GameStatistics | Problem]:
    """Statistics of a game

     What players did, hour by hour or day by day, and how rare each achievement was on each day.
    Computed after each hour and day; offline play counts when it was played.

    Args:
        game_id (UUID):
        end_date (datetime.date | Unset):
        interval (StatisticsOfAGameInterval | Unset):  Default: StatisticsOfAGameInterval.DAY.
        start_date (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[GameStatistics | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        end_date=end_date,
        interval=interval,
        start_date=start_date,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    end_date: datetime.date | Unset = UNSET,
    interval: StatisticsOfAGameInterval | Unset = StatisticsOfAGameInterval.DAY,
    start_date: datetime.date | Unset = UNSET,
) -> GameStatistics | Problem | None:
    """Statistics of a game

     What players did, hour by hour or day by day, and how rare each achievement was on each day.
    Computed after each hour and day; offline play counts when it was played.

    Args:
        game_id (UUID):
        end_date (datetime.date | Unset):
        interval (StatisticsOfAGameInterval | Unset):  Default: StatisticsOfAGameInterval.DAY.
        start_date (datetime.date | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        GameStatistics | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            end_date=end_date,
            interval=interval,
            start_date=start_date,
        )
    ).parsed
