from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_my_notifications_order import ListMyNotificationsOrder
from ...models.list_my_notifications_unread import ListMyNotificationsUnread
from ...models.notification_page import NotificationPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: str | Unset = UNSET,
    order: ListMyNotificationsOrder | Unset = ListMyNotificationsOrder.NEWEST,
    page_size: int | Unset = 50,
    since: int | Unset = UNSET,
    unread: ListMyNotificationsUnread | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order.value

    params["order"] = json_order

    params["page_size"] = page_size

    params["since"] = since

    json_unread: str | Unset = UNSET
    if not isinstance(unread, Unset):
        json_unread = unread.value

    params["unread"] = json_unread

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/players/me/notifications",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | NotificationPage | Problem | None:
    if response.status_code == 200:
        response_200 = NotificationPage.from_dict(response.json())

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
) -> Response[Any | NotificationPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    order: ListMyNotificationsOrder | Unset = ListMyNotificationsOrder.NEWEST,
    page_size: int | Unset = 50,
    since: int | Unset = UNSET,
    unread: ListMyNotificationsUnread | Unset = UNSET,
) -> Response[Any | NotificationPage | Problem]:
    """List my notifications

     Newest first. A token's client gets those of its own game; the numbers count all of them. Without
    socket or stream, ask with `order=oldest` and `since`, then with the answer's `next_since`: at once
    while there is a `next`, else every 15 seconds; with the ETag, an answer without news is a 304 of
    one short query.

    Args:
        cursor (str | Unset):
        order (ListMyNotificationsOrder | Unset):  Default: ListMyNotificationsOrder.NEWEST.
        page_size (int | Unset):  Default: 50.
        since (int | Unset):
        unread (ListMyNotificationsUnread | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | NotificationPage | Problem]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        order=order,
        page_size=page_size,
        since=since,
        unread=unread,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    order: ListMyNotificationsOrder | Unset = ListMyNotificationsOrder.NEWEST,
    page_size: int | Unset = 50,
    since: int | Unset = UNSET,
    unread: ListMyNotificationsUnread | Unset = UNSET,
) -> Any | NotificationPage | Problem | None:
    """List my notifications

     Newest first. A token's client gets those of its own game; the numbers count all of them. Without
    socket or stream, ask with `order=oldest` and `since`, then with the answer's `next_since`: at once
    while there is a `next`, else every 15 seconds; with the ETag, an answer without news is a 304 of
    one short query.

    Args:
        cursor (str | Unset):
        order (ListMyNotificationsOrder | Unset):  Default: ListMyNotificationsOrder.NEWEST.
        page_size (int | Unset):  Default: 50.
        since (int | Unset):
        unread (ListMyNotificationsUnread | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | NotificationPage | Problem
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        order=order,
        page_size=page_size,
        since=since,
        unread=unread,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    order: ListMyNotificationsOrder | Unset = ListMyNotificationsOrder.NEWEST,
    page_size: int | Unset = 50,
    since: int | Unset = UNSET,
    unread: ListMyNotificationsUnread | Unset = UNSET,
) -> Response[Any | NotificationPage | Problem]:
    """List my notifications

     Newest first. A token's client gets those of its own game; the numbers count all of them. Without
    socket or stream, ask with `order=oldest` and `since`, then with the answer's `next_since`: at once
    while there is a `next`, else every 15 seconds; with the ETag, an answer without news is a 304 of
    one short query.

    Args:
        cursor (str | Unset):
        order (ListMyNotificationsOrder | Unset):  Default: ListMyNotificationsOrder.NEWEST.
        page_size (int | Unset):  Default: 50.
        since (int | Unset):
        unread (ListMyNotificationsUnread | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | NotificationPage | Problem]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        order=order,
        page_size=page_size,
        since=since,
        unread=unread,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    order: ListMyNotificationsOrder | Unset = ListMyNotificationsOrder.NEWEST,
    page_size: int | Unset = 50,
    since: int | Unset = UNSET,
    unread: ListMyNotificationsUnread | Unset = UNSET,
) -> Any | NotificationPage | Problem | None:
    """List my notifications

     Newest first. A token's client gets those of its own game; the numbers count all of them. Without
    socket or stream, ask with `order=oldest` and `since`, then with the answer's `next_since`: at once
    while there is a `next`, else every 15 seconds; with the ETag, an answer without news is a 304 of
    one short query.

    Args:
        cursor (str | Unset):
        order (ListMyNotificationsOrder | Unset):  Default: ListMyNotificationsOrder.NEWEST.
        page_size (int | Unset):  Default: 50.
        since (int | Unset):
        unread (ListMyNotificationsUnread | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | NotificationPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            order=order,
            page_size=page_size,
            since=since,
            unread=unread,
        )
    ).parsed
