"""Tickets: single-use, short-lived secrets with which a game client opens its player's socket."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from apps.core import redis

TICKET_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose events may be heard, and of which game."""

    player_id: UUID
    game_id: UUID


def issue(ticket: Ticket) -> str:
    """Return a new secret that stands for the ticket. Raises: RedisAwayError."""
    secret = secrets.token_urlsafe(24)
    value = ticket.player_id.bytes + ticket.game_id.bytes
    redis.attempt(lambda client: client.set(_key(secret), value, ex=TICKET_SECONDS))
    return secret


def redeem(secret: str) -> Ticket | None:
    """Return the ticket and use it up; None for one that is used, too old or unknown. Raises: RedisAwayError."""
    value = redis.attempt(lambda client: client.getdel(_key(secret)))
    return Ticket(UUID(bytes=value[:16]), UUID(bytes=value[16:])) if isinstance(value, bytes) else None


def _key(secret: str) -> str:
    return f"ticket:{hashlib.sha256(secret.encode()).hexdigest()}"
