"""Boards that players follow to be notified when rivals overtake them."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from apps.core.database.composed import Tuples, composed
from apps.core.errors import ConflictError
from apps.leaderboards.models import BoardFollow, Window
from apps.leaderboards.queries import require_board
from apps.players.models import Player

FOLLOWED_MAX = 100


class TooManyBoardsError(ConflictError):
    code = "too_many_boards"


@transaction.atomic
def follow_board(*, player_id: UUID, scope_id: UUID, window: Window) -> bool:
    """Have a player follow a board; return whether they did not before.

    `scope_id` is a published game's, or the platform's. Raises: GameNotFoundError, GameWithoutModesError,
    TooManyBoardsError.
    """
    require_board(scope_id, None)
    # Serialised per player, for the count.
    Player.objects.select_for_update(no_key=True).only("pk").get(pk=player_id)
    if follows_board(player_id=player_id, scope_id=scope_id, window=window):
        return False
    if BoardFollow.objects.filter(player_id=player_id).count() >= FOLLOWED_MAX:
        detail = gettext("You follow {count} boards, which is the most. Leave one to follow another.")
        raise TooManyBoardsError(detail.format(count=FOLLOWED_MAX))
    BoardFollow.objects.create(player_id=player_id, scope_id=scope_id, window=window)
    return True


def unfollow_board(*, player_id: UUID, scope_id: UUID, window: Window) -> None:
    """Have a player follow a board no more; nothing happens the second time."""
    BoardFollow.objects.filter(player_id=player_id, scope_id=scope_id, window=window).delete()


@composed
def _follow(player_id: UUID, scope_id: UUID, window: str) -> Tuples:
    found = BoardFollow.objects.filter(player_id=player_id, scope_id=scope_id, window=window)
    return found.values_list("scope_id")[:1]


@composed
def _followed(player_id: UUID) -> Tuples:
    rows = BoardFollow.objects.filter(player_id=player_id).order_by("scope_id", "window")
    return rows.values_list("scope_id", "window")


def follows_board(*, player_id: UUID, scope_id: UUID, window: Window) -> bool:
    return bool(_follow.rows(player_id=player_id, scope_id=scope_id, window=window.value))


def boards_followed_by(player_id: UUID) -> Sequence[tuple[UUID, Window]]:
    """Return the scope and window of each board a player follows, FOLLOWED_MAX at most. One query."""
    return [(scope_id, Window(window)) for scope_id, window in _followed.rows(player_id=player_id)]
