"""The fast path of a player's place on a board: read on the event loop's behalf, together with others of the moment.

A board of one region or of all, and a player who is on it; anything else is Django's. Both read places by the same
functions.
"""

from collections.abc import Sequence

from apps.core.api.wire.responses import to_json
from apps.core.parsing.values import UUID_PATTERN
from apps.games.auth.batched_reads import BatchedRead, Query
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.bodies import player_rank_body
from apps.leaderboards.parsing import read_board, read_reach
from apps.leaderboards.places import PlayerRank, WantedPlace, ranks_in_redis
from apps.leaderboards.views.boards import PlayerPlaceView
from apps.players.visibility import viewer_of


def _read(query: Query) -> WantedPlace | None:
    params, player_id = query.address.parameters, query.ids["player_id"]
    board, reach = read_board(params, query.ids.get("game_id", PLATFORM_ID)), read_reach(params)
    return None if board.is_union else WantedPlace(board, player_id, reach, viewer_of(query.caller, player_id))


def _answers(places: Sequence[WantedPlace]) -> list[bytes | None]:
    return [None if rank is None else _answer(rank) for rank in ranks_in_redis(places)]


def _answer(rank: PlayerRank) -> bytes | None:
    # Members see boards that not everyone does, and who was merged has another place.
    return to_json(player_rank_body(rank)) if rank.is_open and rank.row.player is not None else None


place = BatchedRead(
    rf"/api/v1/leaderboards/(?P<game_id>global|{UUID_PATTERN})/players/(?P<player_id>{UUID_PATTERN})",
    PlayerPlaceView,
    read=_read,
    answer=_answers,
)
