"""Tickets: single-use, short-lived secrets with which a client opens its player's socket."""

import hashlib
import secrets

import orjson

from apps.core import redis
from apps.notifications.credentials import Credentials

TICKET_SECONDS = 30


def issue(credentials: Credentials) -> str:
    """Return a new secret that stands for the credentials. Raises: RedisAwayError."""
    secret = secrets.token_urlsafe(24)
    value = orjson.dumps(credentials.to_json())
    redis.attempt(lambda client: client.set(_key(secret), value, ex=TICKET_SECONDS))
    return secret


def redeem(secret: str) -> Credentials | None:
    """Return what the ticket stands for and use it up; None for one that is used, too old or unknown.

    Raises: RedisAwayError.
    """
    value = redis.attempt(lambda client: client.getdel(_key(secret)))
    return Credentials.from_json(orjson.loads(value)) if isinstance(value, bytes) else None


def _key(secret: str) -> str:
    return f"ticket:{hashlib.sha256(secret.encode()).hexdigest()}"
