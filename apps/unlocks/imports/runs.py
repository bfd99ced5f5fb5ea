"""Imports of a game's past: begun with the number to expect, brought in chunks, finished when the number is right.

A chunk is one transaction, so that an import that was killed is sent again from its start and nothing is there twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext, gettext_noop

from apps.core.clock import now
from apps.core.database.sql import change_rows, fetch_value, read_sql, text_array
from apps.core.errors import ConflictError, DomainError, NotFoundError
from apps.games.models import Game
from apps.players.actions import find_or_create_many
from apps.players.cache_versions import touch_players
from apps.unlocks.archive import bring_back
from apps.unlocks.errors import GameNotPublishedError
from apps.unlocks.imports.past_unlocks import (
    ImportOutcome,
    PastReport,
    definition_named,
    definitions_of,
    refusal_code,
)
from apps.unlocks.models import ImportState, Source, UnlockImport

# Of the command; planning its statement and those of the relay's step costs as much for one unlock as for thousands.
CHUNK_SIZE = 2_000
# Chunks that the relay has yet to carry out. A third would hold up live unlocks by more than it is worth: a chunk of
# the command takes the relay some 110 ms (two cores).
WAITING_MAX = 2
# An import that was not finished by then is ended.
OPEN_FOR = timedelta(days=30)
# Key of a PostgreSQL advisory lock; any fixed number. One chunk at a time is written, of whatever game.
IMPORT_LOCK = 7_110_021
# Behind a longer backlog, nothing of it is seen: then an import waits, too.
_LOOKED_AT = 1_000
_WAITING = """
SELECT count(*) FILTER (WHERE kind = 'unlocks_imported') >= %(most)s OR count(*) >= %(looked_at)s
FROM (SELECT kind FROM outbox WHERE parked_at IS NULL ORDER BY id LIMIT %(looked_at)s) o
"""
_FIRST = """
SELECT n.position, u.points, u.unlocked_at
FROM unnest(%s::integer[], %s::text::uuid[], %s::text::uuid[]) AS n (position, player_id, achievement_id)
CROSS JOIN LATERAL (
    SELECT points, unlocked_at FROM unlock
    WHERE player_id = n.player_id AND achievement_id = n.achievement_id LIMIT 1) u
"""
_DELETE_BROUGHT = """
DELETE FROM imported_unlock WHERE (import_id, player_id, achievement_id) IN (
    SELECT b.import_id, b.player_id, b.achievement_id FROM imported_unlock b
    JOIN unlock_import i ON i.id = b.import_id WHERE i.state <> 'open' LIMIT %s)
"""


class ImportBusyError(DomainError):
    code = "import_busy"
    status = 429
    detail = gettext_noop("Imports wait for the relay to count what they brought. Send the same request again.")
    retry_after_seconds = 1


class ImportEndedError(ConflictError):
    code = "import_ended"
    detail = gettext_noop("This import is finished, or was open for over 30 days. Begin another.")


class ImportCountDiffersError(ConflictError):
    code = "import_count_differs"


def begin_import(*, game: Game, expected_count: int, name: str, created_by: str) -> UnlockImport:
    """Begin an import that is to bring `expected_count` unlocks, each player and achievement once.

    Raises: GameNotPublishedError.
    """
    if not game.is_published:
        raise GameNotPublishedError
    return UnlockImport.objects.create(game=game, expected_count=expected_count, name=name, created_by=created_by)


@transaction.atomic
def import_unlocks(*, import_id: UUID, game: Game, unlocks: Sequence[PastReport]) -> list[ImportOutcome]:
    """Record up to CHUNK_SIZE past unlocks, and return one outcome each, in order.

    They keep their times and notify nobody; points and version are of today's definition. External ids that are not
    known get a player. What the ledger has already stays as it is: `repeated`. Others are refused alone.
    Cost: six round trips. Raises: ImportBusyError, ImportEndedError, NotFoundError, GameNotPublishedError, with nothing
    changed.
    """
    _take_turn()
    _open(import_id, game)
    definitions, moment = definitions_of(game.id), now()
    found = [definition_named(definitions, past.achievement) for past in unlocks]
    codes = [refusal_code(past, definition, moment) for past, definition in zip(unlocks, found, strict=True)]
    accepted = [
        (past, definition.id)
        for past, definition, code in zip(unlocks, found, codes, strict=True)
        if definition and code is None
    ]
    outcomes = _write(import_id, game.id, accepted, moment) if accepted else []
    touch_players(outcome.player_id for outcome in outcomes if outcome.is_new and outcome.player_id)
    written = iter(outcomes)
    return [ImportOutcome(code) if code else next(written) for code in codes]


@transaction.atomic
def finish_import(*, import_id: UUID, game: Game) -> UnlockImport:
    """End an import that brought what was expected; a finished one stays so.

    Raises: ImportCountDiffersError, and it stays open; ImportEndedError, NotFoundError.
    """
    found = _locked(import_id, game)
    if found.state == ImportState.FINISHED:
        return found
    if found.state != ImportState.OPEN:
        raise ImportEndedError
    if found.unlock_count != found.expected_count:
        raise ImportCountDiffersError(_difference(expected=found.expected_count, brought=found.unlock_count))
    found.state, found.ended_at = ImportState.FINISHED, now()
    found.save()
    return found


def _difference(*, expected: int, brought: int) -> str:
    if brought < expected:
        sentence = gettext("{expected:,} unlocks are expected, and {brought:,} were brought. Send what is missing.")
    else:
        sentence = gettext(
            "{expected:,} unlocks are expected, and {brought:,} were brought. They stay. If they are right, begin an "
            "import that expects {brought:,}, send them again, which changes nothing, and finish that."
        )
    return sentence.format(expected=expected, brought=brought)


def abandon_imports() -> int:
    """End imports that were open for too long; return how many."""
    stale = UnlockImport.objects.filter(state=ImportState.OPEN, created_at__lt=now() - OPEN_FOR)
    return stale.update(state=ImportState.ABANDONED, ended_at=now())


def delete_brought(*, rows_max: int) -> int:
    """Delete what ended imports brought; return how many rows, up to `rows_max`. The ledger stays."""
    return change_rows(_DELETE_BROUGHT, [rows_max])


def _take_turn() -> None:
    """Raises: ImportBusyError while another chunk is being written, or enough of them wait for the relay."""
    if not fetch_value("SELECT pg_try_advisory_xact_lock(%s)", [IMPORT_LOCK]):
        raise ImportBusyError
    if fetch_value(_WAITING, {"most": WAITING_MAX, "looked_at": _LOOKED_AT}):
        raise ImportBusyError


def _open(import_id: UUID, game: Game) -> None:
    if _locked(import_id, game).state != ImportState.OPEN:
        raise ImportEndedError
    if not Game.objects.filter(pk=game.pk, is_published=True).exists():
        raise GameNotPublishedError


def _locked(import_id: UUID, game: Game) -> UnlockImport:
    found = UnlockImport.objects.select_for_update().filter(pk=import_id, game=game).first()
    if found is None:
        raise NotFoundError
    return found


def _write(
    import_id: UUID, game_id: UUID, accepted: Sequence[tuple[PastReport, UUID]], moment: datetime
) -> list[ImportOutcome]:
    """Write the accepted unlocks, each with its achievement's id; return their outcomes."""
    players = [past.player for past, _ in accepted]
    external_ids = {player for player in players if isinstance(player, str)}
    known = find_or_create_many(game_id=game_id, environment="live", external_ids=external_ids)
    player_ids = [known[player] if isinstance(player, str) else player for player in players]
    # Unlocks of a player in the archive come back first, or theirs would be there twice.
    bring_back(set(player_ids))
    parameters: dict[str, Any] = {
        "import_id": import_id,
        "game_id": game_id,
        "player_ids": text_array(player_id.hex for player_id in player_ids),
        "achievement_ids": text_array(achievement_id.hex for _, achievement_id in accepted),
        "unlocked_ats": text_array(past.unlocked_at.isoformat() for past, _ in accepted),
        "moment": moment,
        "source": Source.IMPORT.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(read_sql("unlocks", "import_unlocks"), parameters)
        rows = cursor.fetchall()
    return _outcomes(accepted, player_ids, rows)


def _outcomes(
    accepted: Sequence[tuple[PastReport, UUID]], player_ids: Sequence[UUID], rows: Sequence[tuple[Any, ...]]
) -> list[ImportOutcome]:
    """Return the outcomes of a chunk's rows. Twins share the new one; the first brought it."""
    outcomes = []
    seen: set[tuple[UUID, UUID]] = set()
    for (past, achievement_id), player_id, row in zip(accepted, player_ids, rows, strict=True):
        is_found, other_id, points, other_time = row
        if not is_found:
            outcomes.append(ImportOutcome("player_not_found"))
            continue
        pair = other_id or player_id, achievement_id
        outcome = "repeated" if points is None or pair in seen else "unlocked"
        seen.add(pair)
        unlocked_at = None if points is None else other_time or past.unlocked_at
        outcomes.append(ImportOutcome(outcome, *pair, points, unlocked_at))
    _add_first_times([item for item in outcomes if item.outcome == "repeated" and item.points is None])
    return outcomes


def _add_first_times(repeated: Sequence[ImportOutcome]) -> None:
    """Read points and times of what was there before: in a query of its own, which sees the winner of a race."""
    if not repeated:
        return
    columns: list[Any] = [
        list(range(len(repeated))),
        text_array(str(item.player_id) for item in repeated),
        text_array(str(item.achievement_id) for item in repeated),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, columns)
        for at, points, unlocked_at in cursor.fetchall():
            repeated[at].points, repeated[at].unlocked_at = points, unlocked_at
