"""Whether the boards in Redis can be trusted, and how rebuilds and relays coordinate.

Relays hold relay.STEP_LOCK shared for each step. A rebuild takes it exclusively for an instant, twice: after announcing
itself (from then on every relay also writes to its key space) and around the swap. Transaction-level locks and a lease,
as a pooler in front of PostgreSQL keeps no session state.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.core.database.sql import fetch_value

# Renewed with each chunk, a second or so apart; a killed rebuild leaves boards degraded for this long.
LEASE_SECONDS = 10

_CLAIM = """
INSERT INTO board_state AS s (id, is_stale, claim_token, lease_until)
VALUES (1, false, %(id)s, now() + make_interval(secs => %(lease)s))
ON CONFLICT (id) DO UPDATE SET
    is_stale = false, claim_token = EXCLUDED.claim_token, lease_until = EXCLUDED.lease_until
WHERE s.claim_token IS NULL OR s.lease_until < now()
RETURNING true
"""
_RENEW_LEASE = """
UPDATE board_state SET lease_until = now() + make_interval(secs => %(lease)s)
WHERE id = 1 AND claim_token = %(id)s RETURNING is_stale
"""
_END_CLAIM = """
UPDATE board_state SET claim_token = NULL, lease_until = NULL,
    rebuilt_at = CASE WHEN %(done)s THEN now() ELSE rebuilt_at END
WHERE id = 1 AND claim_token = %(id)s
"""
_RELEASE_EXPIRED = "UPDATE board_state SET claim_token = NULL, lease_until = NULL WHERE id = 1 AND lease_until < now()"
_COUNT_LOST = """
INSERT INTO board_state AS s (id, is_stale, lost_count, lost_at) VALUES (1, false, %(count)s, now())
ON CONFLICT (id) DO UPDATE SET lost_count = s.lost_count + excluded.lost_count, lost_at = excluded.lost_at
"""
_MARK_STALE = """
INSERT INTO board_state (id, is_stale) VALUES (1, true) ON CONFLICT (id) DO UPDATE SET is_stale = true
"""


@dataclass(frozen=True, slots=True)
class BoardsState:
    is_stale: bool
    rebuild_id: UUID | None


def read_state() -> BoardsState:
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_stale, claim_token FROM board_state WHERE id = 1")
        row = cursor.fetchone()
    return BoardsState(*row) if row else BoardsState(is_stale=False, rebuild_id=None)


def mark_stale() -> None:
    """Record that Redis has missed a write; the next rebuild clears it."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_STALE)


def claim_rebuild(rebuild_id: UUID) -> bool:
    """Return whether this rebuild may run; False while another's lease is valid."""
    return _run(_CLAIM, rebuild_id) is not None


def renew_lease(rebuild_id: UUID) -> bool | None:
    """Renew the lease; return whether boards became stale during the build, or None once another rebuild has it."""
    return _run(_RENEW_LEASE, rebuild_id)


def complete(rebuild_id: UUID) -> None:
    """End a rebuild that has replaced the boards, if it is still this one's."""
    _end_claim(rebuild_id, is_done=True)


def release(rebuild_id: UUID) -> None:
    """Let another rebuild begin at once, if it is still this one's to give back."""
    _end_claim(rebuild_id, is_done=False)


def release_expired() -> None:
    """End a rebuild whose process died, or relays would write twice for ever; its swap, if it lives, then fails."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE_EXPIRED)


def count_lost(count: int) -> None:
    """Count incomplete boards found, for health and metrics."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_LOST, {"count": count})


def lost_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lost_count FROM board_state WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _end_claim(rebuild_id: UUID, *, is_done: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_END_CLAIM, {"id": rebuild_id, "done": is_done})


def _run(statement: str, rebuild_id: UUID) -> bool | None:
    found: bool | None = fetch_value(statement, {"id": rebuild_id, "lease": LEASE_SECONDS})
    return found
