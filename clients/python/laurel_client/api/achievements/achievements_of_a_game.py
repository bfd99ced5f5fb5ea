from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.achievement_entry_page import AchievementEntryPage
from ...models.achievements_of_a_game_earned import AchievementsOfAGameEarned
from ...models.achievements_of_a_game_kind import AchievementsOfAGameKind
from ...models.achievements_of_a_game_tier import AchievementsOfAGameTier
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    game_id: UUID,
    *,
    cursor: str | Unset = UNSET,
    earned: AchievementsOfAGameEarned | Unset = UNSET,
    kind: AchievementsOfAGameKind | Unset = UNSET,
    page_size: int | Unset = 50,
    player_id: UUID | Unset = UNSET,
    tier: AchievementsOfAGameTier | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    json_earned: str | Unset = UNSET
    if not isinstance(earned, Unset):
        json_earned = earned.value

    params["earned"] = json_earned

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind.value

    params["kind"] = json_kind

    params["page_size"] = page_size

    json_player_id: str | Unset = UNSET
    if not isinstance(player_id, Unset):
        json_player_id = str(player_id)
    params["player_id"] = json_player_id

    json_tier: str | Unset = UNSET
    if not isinstance(tier, Unset):
        json_tier = tier.value

    params["tier"] = json_tier

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/games/{game_id}/achievements".format(
            game_id=quote(str(game_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AchievementEntryPage | Any | Problem | None:
    if response.status_code == 200:
        response_200 = AchievementEntryPage.from_dict(response.json())

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
) -> Response[AchievementEntryPage | Any | Problem]:
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
    cursor: str | Unset = UNSET,
    earned: AchievementsOfAGameEarned | Unset = UNSET,
    kind: AchievementsOfAGameKind | Unset = UNSET,
    page_size: int | Unset = 50,
    player_id: UUID | Unset = UNSET,
    tier: AchievementsOfAGameTier | Unset = UNSET,
) -> Response[AchievementEntryPage | Any | Problem]:
    """Achievements of a game

     In the order their authors gave them. Hidden achievements that the viewer has neither earned nor
    been shown are masked. The viewer is the player of the token or session; a key sees with the eyes of
    its `player_id`, and of nobody without one. Archived ones are listed for a player who has them. Test
    keys see drafts, and what they reported themselves.

    Args:
        game_id (UUID):
        cursor (str | Unset):
        earned (AchievementsOfAGameEarned | Unset):
        kind (AchievementsOfAGameKind | Unset):
        page_size (int | Unset):  Default: 50.
        player_id (UUID | Unset):
        tier (AchievementsOfAGameTier | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AchievementEntryPage | Any | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        cursor=cursor,
        earned=earned,
        kind=kind,
        page_size=page_size,
        player_id=player_id,
        tier=tier,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    earned: AchievementsOfAGameEarned | Unset = UNSET,
    kind: AchievementsOfAGameKind | Unset = UNSET,
    page_size: int | Unset = 50,
    player_id: UUID | Unset = UNSET,
    tier: AchievementsOfAGameTier | Unset = UNSET,
) -> AchievementEntryPage | Any | Problem | None:
    """Achievements of a game

     In the order their authors gave them. Hidden achievements that the viewer has neither earned nor
    been shown are masked. The viewer is the player of the token or session; a key sees with the eyes of
    its `player_id`, and of nobody without one. Archived ones are listed for a player who has them. Test
    keys see drafts, and what they reported themselves.

    Args:
        game_id (UUID):
        cursor (str | Unset):
        earned (AchievementsOfAGameEarned | Unset):
        kind (AchievementsOfAGameKind | Unset):
        page_size (int | Unset):  Default: 50.
        player_id (UUID | Unset):
        tier (AchievementsOfAGameTier | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AchievementEntryPage | Any | Problem
    """

    return sync_detailed(
        game_id=game_id,
        client=client,
        cursor=cursor,
        earned=earned,
        kind=kind,
        page_size=page_size,
        player_id=player_id,
        tier=tier,
    ).parsed


async def asyncio_detailed(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    earned: AchievementsOfAGameEarned | Unset = UNSET,
    kind: AchievementsOfAGameKind | Unset = UNSET,
    page_size: int | Unset = 50,
    player_id: UUID | Unset = UNSET,
    tier: AchievementsOfAGameTier | Unset = UNSET,
) -> Response[AchievementEntryPage | Any | Problem]:
    """Achievements of a game

     In the order their authors gave them. Hidden achievements that the viewer has neither earned nor
    been shown are masked. The viewer is the player of the token or session; a key sees with the eyes of
    its `player_id`, and of nobody without one. Archived ones are listed for a player who has them. Test
    keys see drafts, and what they reported themselves.

    Args:
        game_id (UUID):
        cursor (str | Unset):
        earned (AchievementsOfAGameEarned | Unset):
        kind (AchievementsOfAGameKind | Unset):
        page_size (int | Unset):  Default: 50.
        player_id (UUID | Unset):
        tier (AchievementsOfAGameTier | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AchievementEntryPage | Any | Problem]
    """

    kwargs = _get_kwargs(
        game_id=game_id,
        cursor=cursor,
        earned=earned,
        kind=kind,
        page_size=page_size,
        player_id=player_id,
        tier=tier,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    game_id: UUID,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    earned: AchievementsOfAGameEarned | Unset = UNSET,
    kind: AchievementsOfAGameKind | Unset = UNSET,
    page_size: int | Unset = 50,
    player_id: UUID | Unset = UNSET,
    tier: AchievementsOfAGameTier | Unset = UNSET,
) -> AchievementEntryPage | Any | Problem | None:
    """Achievements of a game

     In the order their authors gave them. Hidden achievements that the viewer has neither earned nor
    been shown are masked. The viewer is the player of the token or session; a key sees with the eyes of
    its `player_id`, and of nobody without one. Archived ones are listed for a player who has them. Test
    keys see drafts, and what they reported themselves.

    Args:
        game_id (UUID):
        cursor (str | Unset):
        earned (AchievementsOfAGameEarned | Unset):
        kind (AchievementsOfAGameKind | Unset):
        page_size (int | Unset):  Default: 50.
        player_id (UUID | Unset):
        tier (AchievementsOfAGameTier | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AchievementEntryPage | Any | Problem
    """

    return (
        await asyncio_detailed(
            game_id=game_id,
            client=client,
            cursor=cursor,
            earned=earned,
            kind=kind,
            page_size=page_size,
            player_id=player_id,
            tier=tier,
        )
    ).parsed
