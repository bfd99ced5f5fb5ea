"""The fast path of a player's place on a board: read on the event loop, together with others of the moment.

Handles nearly all requests: who is anonymous or brings a live key, a board of one region or of all, a player who is on
it. For anything else it returns None, and the request goes through Django. Both read places by the same functions.
"""

import re
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from apps.core.api.auth.throttles import header_fields_of
from apps.core.api.wire.compression import compressed
from apps.core.api.wire.query_parameters import flaws_in
from apps.core.api.wire.responses import to_json
from apps.core.asgi.micro_batching import MicroBatcher
from apps.core.asgi.responses import Finished, Headers, own_fields
from apps.core.asgi.usual_requests import usual_headers
from apps.core.database.budgets import REQUEST_SECONDS, SECONDS_LEFT
from apps.core.errors import DomainError
from apps.core.http.request_ids import choose_request_id
from apps.core.ids import NIL
from apps.core.parsing.values import UUID_PATTERN
from apps.core.redis.rate_counters import VERDICT
from apps.games.auth.authentication import caller_of_key
from apps.games.auth.usual_callers import UsualCaller, UsualCallers
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.bodies import player_rank_body
from apps.leaderboards.parsing import read_board, read_reach
from apps.leaderboards.places import PlayerRank, WantedPlace, ranks_in_redis
from apps.leaderboards.views.boards import PlayerPlaceView
from apps.players.visibility import viewer_of

ROUTE = re.compile(rf"/api/v1/leaderboards/(?P<game_id>global|{UUID_PATTERN})/players/(?P<player_id>{UUID_PATTERN})")

# How long a batch may wait for the database; then each request is tried alone.
GROUP_SECONDS = 2.0


class _PlaceRequest(NamedTuple):
    """A place, and the codings that its response may have."""

    place: WantedPlace
    accept_encoding: str


async def place(scope: dict[str, Any], body: bytes) -> Finished | None:
    """Return the finished response, or None for a request that Django must handle."""
    headers = usual_headers(scope) if scope["method"] == "GET" and not body else None
    caller = None if headers is None else _callers.identify(scope, headers)
    if headers is None or caller is None:
        return None
    request = _read(scope, headers, caller)
    is_admitted, verdict = (False, None) if request is None else await _callers.count(caller, PlayerPlaceView.rate)
    if request is None or not is_admitted:
        return None
    # Django must not count it again.
    scope[VERDICT] = verdict
    began_at = monotonic()
    try:
        answer = await _together.call(request)
    except Exception:  # noqa: BLE001 - Django meets it again, logs it and answers
        answer = None
    if answer is None:
        scope[SECONDS_LEFT] = REQUEST_SECONDS - (monotonic() - began_at)
        return None
    response, fields = answer
    request_id = choose_request_id(headers.get(b"x-request-id", b"").decode("latin-1"))
    fields = [*own_fields(scope, request_id, "application/json", response), *fields]
    return 200, fields if verdict is None else [*fields, *header_fields_of(verdict)], response


def _read(scope: dict[str, Any], headers: Mapping[bytes, bytes], caller: UsualCaller) -> _PlaceRequest | None:
    """Return what a request is about; None for one that Django must read or refuse."""
    access = PlayerPlaceView.access["GET"]
    route = ROUTE.fullmatch(scope["path"])
    if route is None or not caller.may_call(access.key, is_for_anonymous=access.anonymous):
        return None
    # As in the routes, one of which has no game.
    ids = {name: UUID(text) for name, text in route.groupdict().items() if text != "global"}
    params = _parameters(scope["query_string"], ids)
    if params is None or NIL in ids.values():
        return None
    try:
        board, reach = read_board(params, ids.get("game_id", PLATFORM_ID)), read_reach(params)
    except DomainError:
        return None
    if board.is_union:
        return None
    key, player_id = caller.identity, ids["player_id"]
    viewer = viewer_of(None if key is None else caller_of_key(key), player_id)
    accept_encoding = headers.get(b"accept-encoding", b"").decode("latin-1")
    return _PlaceRequest(WantedPlace(board, player_id, reach, viewer), accept_encoding)


def _parameters(query_string: bytes, ids: Mapping[str, UUID]) -> Mapping[str, str] | None:
    """Return the query; None for one that is not well-formed, or has a parameter twice."""
    if not query_string:
        return {}
    try:
        params = QueryDict(query_string)
    except SuspiciousOperation:
        return None
    known = PlayerPlaceView.get.operation.query_at(ids)  # type: ignore[attr-defined]
    is_plain = all(len(values) == 1 for _, values in params.lists())
    return params if is_plain and next(flaws_in(params, known), None) is None else None


def _answers(requests: Sequence[_PlaceRequest]) -> list[tuple[bytes, Headers] | None]:
    """Return the body of each response with the headers about it; None for those that Django must make."""
    ranks = ranks_in_redis([request.place for request in requests])
    return [_answer(request, rank) for request, rank in zip(requests, ranks, strict=True)]


def _answer(request: _PlaceRequest, rank: PlayerRank | None) -> tuple[bytes, Headers] | None:
    # Members see boards that not everyone does, and who was merged has another place.
    if rank is None or not rank.is_open or rank.row.player is None:
        return None
    body = to_json(player_rank_body(rank))
    return compressed(body, request.accept_encoding) if request.accept_encoding else (body, [])


_callers = UsualCallers()
# One batch at a time: two took 335 us of CPU a place where one takes 240, as the batches are smaller.
_together: MicroBatcher[_PlaceRequest, tuple[bytes, Headers] | None] = MicroBatcher(
    _answers, batches_max=1, size_max=100, database_seconds=GROUP_SECONDS
)
