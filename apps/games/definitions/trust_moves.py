"""The rules by which boards count a game, and their changes, which boards follow a chunk of players at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from uuid import UUID

from django.db import transaction

from apps.core.background.outbox import record, record_missing
from apps.core.background.wakeup import wake_relay
from apps.games.definitions.budget import lock_game
from apps.games.events import TrustChanged
from apps.games.models import Game, TrustMove


@dataclass(frozen=True, slots=True)
class BoardRules:
    """What boards count of a game; see leaderboards/standings/what_counts.py."""

    is_listed: bool
    has_trusted_clients: bool
    is_ranking_clients: bool
    is_ranking_members: bool


@dataclass(frozen=True, slots=True)
class RulesChange:
    """A change of a game's rules that players after `reached_id` have yet to follow."""

    id: int
    game: Game
    reached_id: UUID
    before: BoardRules
    after: BoardRules

    @property
    def is_of_clients(self) -> bool:
        """Whether it concerns nothing but what only clients vouched for."""
        return self._has_same("is_listed", "is_ranking_members")

    @property
    def is_of_members(self) -> bool:
        """Whether it concerns nothing but members of the studio."""
        return self._has_same("is_listed", "has_trusted_clients", "is_ranking_clients")

    @property
    def is_of_platform(self) -> bool:
        """Whether it concerns the platform's boards alone."""
        return self._has_same("is_ranking_clients", "is_ranking_members")

    def _has_same(self, *names: str) -> bool:
        return all(getattr(self.before, name) == getattr(self.after, name) for name in names)


def rules_of(source: Game | TrustMove) -> BoardRules:
    return BoardRules(**{field.name: getattr(source, field.name) for field in fields(BoardRules)})


@contextmanager
def changing_rules(game_id: UUID) -> Iterator[Game]:
    """Lock a game to change it, and have boards follow if that changes its rules. Raises: NotFoundError."""
    with transaction.atomic():
        game = lock_game(game_id)
        before = rules_of(game)
        yield game
        if rules_of(Game.objects.get(pk=game_id)) != before:
            TrustMove.objects.create(game=game, **asdict(before))
            record([TrustChanged(game_id)])
            transaction.on_commit(wake_relay)


@transaction.atomic
def note_moves() -> int:
    """Have boards go on with changes whose event is lost; return how many games those are of. As note_differences."""
    games = TrustMove.objects.order_by("game").values_list("game", flat=True).distinct()
    return len(record_missing(TrustChanged(game_id) for game_id in games))


def oldest_change(game_id: UUID) -> RulesChange | None:
    """Return the change that a game's boards follow first. At most two queries."""
    moves = list(TrustMove.objects.filter(game=game_id).select_related("game").order_by("id")[:2])
    if not moves:
        return None
    move = moves[0]
    after = rules_of(moves[1] if len(moves) > 1 else move.game)
    return RulesChange(move.id, move.game, move.reached_id, rules_of(move), after)


def reach(change: RulesChange, player_id: UUID | None) -> None:
    """Let players up to this one have the rules after a change; None is all."""
    if player_id is None:
        TrustMove.objects.filter(pk=change.id).delete()
    else:
        TrustMove.objects.filter(pk=change.id).update(reached_id=player_id)


def is_moving(game_id: UUID | None = None) -> bool:
    """Whether boards have yet to follow a change of a game's rules; None is any game."""
    moves = TrustMove.objects.all() if game_id is None else TrustMove.objects.filter(game=game_id)
    return moves.exists()
