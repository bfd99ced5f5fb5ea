"""Operators' decisions on games: listed or not, and whether platform boards count what only clients vouched for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.games.definitions.budget import touch_game
from apps.games.definitions.trust_moves import changing_rules
from apps.games.listing import games_to_list
from apps.games.models import Game, Trust, TrustDecision


class AlreadyDecidedError(Exception):
    """The game is so already."""


def list_game(*, game_id: UUID, decided_by: str, reason: str = "") -> Game:
    """Name a game in lists and count it on the platform's boards; the boards follow in chunks, through the relay.

    A draft is listed once it is published. Raises: NotFoundError, AlreadyDecidedError.
    """
    return _decide(game_id, decided_by, reason, trust=Trust.LISTED)


def delist_game(*, game_id: UUID, decided_by: str, reason: str = "") -> Game:
    """Take a game out of lists and off the platform's boards, as list_game puts it there. Raises: as that."""
    return _decide(game_id, decided_by, reason, trust=Trust.DELISTED)


def trust_clients(*, game_id: UUID, is_trusted: bool, decided_by: str, reason: str = "") -> Game:
    """Have the platform's boards count what only a game's clients vouched for, or not. Raises: as list_game."""
    return _decide(game_id, decided_by, reason, has_trusted_clients=is_trusted)


@transaction.atomic
def list_by_rule(*, game_id: UUID, moment: datetime) -> bool:
    """List a game in development that meets the operator's conditions, as list_game; return whether it does still.

    Raises: NotFoundError.
    """
    with changing_rules(game_id) as game:
        # Under the lock: an operator may have decided meanwhile.
        if is_to_list := games_to_list(moment).filter(pk=game_id).exists():
            _store(game, "rule", "", {"trust": Trust.LISTED})
    return is_to_list


@transaction.atomic
def _decide(game_id: UUID, decided_by: str, reason: str, **changes: object) -> Game:
    with changing_rules(game_id) as game:
        if all(getattr(game, name) == value for name, value in changes.items()):
            raise AlreadyDecidedError
        _store(game, decided_by, reason, changes)
    return game


def _store(game: Game, decided_by: str, reason: str, changes: Mapping[str, object]) -> None:
    for name, value in changes.items():
        setattr(game, name, value)
    game.save(update_fields=list(changes))
    touch_game(game)
    TrustDecision.objects.create(
        game=game,
        trust=game.trust,
        has_trusted_clients=game.has_trusted_clients,
        decided_by=decided_by,
        reason=reason,
    )
