"""Whether the boards in Redis can be trusted, and how a rebuild and the relays stay out of each other's way.

Relays hold relay.STEP_LOCK shared for each step. A rebuild takes it exclusively for an instant, twice: after saying
that it has begun (from then on every relay writes beside as well) and around the swap. Transaction-level locks and a
lease, as a pooler between us and PostgreSQL keeps no session of ours.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

LEASE_SECONDS = 30

_BEGIN = """
INSERT INTO board_state AS s (id, is_stale, rebuild_id, lease_until)
VALUES (1, false, %(id)s, now() + make_interval(secs => %(lease)s))
ON CONFLICT (id) DO UPDATE SET
    is_stale = false, rebuild_id = EXCLUDED.rebuild_id, lease_until = EXCLUDED.lease_until
WHERE s.rebuild_id IS NULL OR s.lease_until < now()
RETURNING true
"""
_RENEW = """
UPDATE board_state SET lease_until = now() + make_interval(secs => %(lease)s)
WHERE id = 1 AND rebuild_id = %(id)s RETURNING is_stale
"""
_END = """
UPDATE board_state SET rebuild_id = NULL, lease_until = NULL,
    rebuilt_at = CASE WHEN %(done)s THEN now() ELSE rebuilt_at END
WHERE id = 1 AND rebuild_id = %(id)s
"""
_MARK_STALE = """
INSERT INTO board_state (id, is_stale) VALUES (1, true) ON CONFLICT (id) DO UPDATE SET is_stale = true
"""


@dataclass(frozen=True, slots=True)
class State:
    is_stale: bool
    rebuild_id: UUID | None


def read_state() -> State:
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_stale, rebuild_id FROM board_state WHERE id = 1")
        row = cursor.fetchone()
    return State(*row) if row else State(is_stale=False, rebuild_id=None)


def mark_stale() -> None:
    """Say that Redis has missed a write; whoever rebuilds next clears it."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_STALE)


def begin_rebuild(rebuild_id: UUID) -> bool:
    """Return whether the rebuild is now this one's; False while another's lease runs."""
    return _run(_BEGIN, rebuild_id) is not None


def renew_rebuild(rebuild_id: UUID) -> bool | None:
    """Renew the lease; return whether boards became stale meanwhile, or None when the rebuild is another's now."""
    return _run(_RENEW, rebuild_id)


def end_rebuild(rebuild_id: UUID, *, is_done: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_END, {"id": rebuild_id, "done": is_done})


def _run(statement: str, rebuild_id: UUID) -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"id": rebuild_id, "lease": LEASE_SECONDS})
        row = cursor.fetchone()
    return row[0] if row else None
