from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.definitions_request import DefinitionsRequest
from ...models.import_definitions_dry_run import ImportDefinitionsDryRun
from ...models.import_definitions_publish import ImportDefinitionsPublish
from ...models.import_result import ImportResult
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    *,
    body: DefinitionsRequest,
    dry_run: ImportDefinitionsDryRun | Unset = ImportDefinitionsDryRun.FALSE,
    publish: ImportDefinitionsPublish | Unset = ImportDefinitionsPublish.FALSE,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    json_dry_run: str | Unset = UNSET
    if not isinstance(dry_run, Unset):
        json_dry_run = dry_run.value

    params["dry_run"] = json_dry_run

    json_publish: str | Unset = UNSET
    if not isinstance(publish, Unset):
        json_publish = publish.value

    params["publish"] = json_publish

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/manage/games/{game_id}/definitions".format(
            game_id=quote(str(game_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ImportResult | Problem | None:
    if response.status_code == 200:
        response_200 = ImportResult.from_dict(response.json())

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
) -> Response[ImportResult | Problem]:
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
    body: DefinitionsRequest,
    dry_run: ImportDefinitionsDryRun | Unset = ImportDefinitionsDryRun.FALSE,
    publish: ImportDefinitionsPublish | Unset = ImportDefinitionsPublish.FALSE,
) -> Response[ImportResult | Problem]:
    """Import definitions

     Creates what is new, changes what exists by its key, leaves alone what the document lacks: all of it
    or nothing. Sending it again changes nothing, so a build may do it each time. `errors` lists
    everything that is wrong.

    Args:
        game_id (UUID):
        dry_run (ImportDefinitionsDryRun | Unset):  Default: ImportDefinitionsDryRun.FALSE.
        publish (ImportDefinitionsPublish | Unset):  Default: ImportDefinitionsPublish.FALSE.
        body (DefinitionsRequest): A game's achievements as one document, as the portal exports
            and imports it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImportResult | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        body=body,
        dry_run=dry_run,
        publish=publish,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DefinitionsRequest,
    dry_run: ImportDefinitionsDryRun | Unset = ImportDefinitionsDryRun.FALSE,
    publish: ImportDefinitionsPublish | Unset = ImportDefinitionsPublish.FALSE,
) -> ImportResult | Problem | None:
    """Import definitions

     Creates what is new, changes what exists by its key, leaves alone what the document lacks: all of it
    or nothing. Sending it again changes nothing, so a build may do it each time. `errors` lists
    everything that is wrong.

    Args:
        game_id (UUID):
        dry_run (ImportDefinitionsDryRun | Unset):  Default: ImportDefinitionsDryRun.FALSE.
        publish (ImportDefinitionsPublish | Unset):  Default: ImportDefinitionsPublish.FALSE.
        body (DefinitionsRequest): A game's achievements as one document, as the portal exports
            and imports it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImportResult | Problem
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        body=body,
        dry_run=dry_run,
        publish=publish,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DefinitionsRequest,
    dry_run: ImportDefinitionsDryRun | Unset = ImportDefinitionsDryRun.FALSE,
    publish: ImportDefinitionsPublish | Unset = ImportDefinitionsPublish.FALSE,
) -> Response[ImportResult | Problem]:
    """Import definitions

     Creates what is new, changes what exists by its key, leaves alone what the document lacks: all of it
    or nothing. Sending it again changes nothing, so a build may do it each time. `errors` lists
    everything that is wrong.

    Args:
        game_id (UUID):
        dry_run (ImportDefinitionsDryRun | Unset):  Default: ImportDefinitionsDryRun.FALSE.
        publish (ImportDefinitionsPublish | Unset):  Default: ImportDefinitionsPublish.FALSE.
        body (DefinitionsRequest): A game's achievements as one document, as the portal exports
            and imports it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImportResult | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        body=body,
        dry_run=dry_run,
        publish=publish,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DefinitionsRequest,
    dry_run: ImportDefinitionsDryRun | Unset = ImportDefinitionsDryRun.FALSE,
    publish: ImportDefinitionsPublish | Unset = ImportDefinitionsPublish.FALSE,
) -> ImportResult | Problem | None:
    """Import definitions

     Creates what is new, changes what exists by its key, leaves alone what the document lacks: all of it
    or nothing. Sending it again changes nothing, so a build may do it each time. `errors` lists
    everything that is wrong.

    Args:
        game_id (UUID):
        dry_run (ImportDefinitionsDryRun | Unset):  Default: ImportDefinitionsDryRun.FALSE.
        publish (ImportDefinitionsPublish | Unset):  Default: ImportDefinitionsPublish.FALSE.
        body (DefinitionsRequest): A game's achievements as one document, as the portal exports
            and imports it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImportResult | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            body=body,
            dry_run=dry_run,
            publish=publish,
        )
    ).parsed
