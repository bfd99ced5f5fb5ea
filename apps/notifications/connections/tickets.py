"""Tickets: single-use, short-lived secrets that open a player's socket."""

import hashlib
from collections.abc import Sequence
from secrets import token_urlsafe

import orjson
from django.utils.translation import gettext_noop

from apps.core.errors import DomainError
from apps.core.redis import client as redis
from apps.games.auth.credentials import Credentials, hold

TICKET_SECONDS = 30


class TicketsUnavailableError(DomainError):
    code = "tickets_unavailable"
    status = 503
    detail = gettext_noop("Tickets can't be created just now. Try again shortly.")


class TicketRefusedError(DomainError):
    code = "invalid_ticket"
    status = 401
    detail = gettext_noop(
        "This ticket is used, over 30 seconds old, or not one of ours. Get a new one for each connection."
    )


def issue(credentials: Credentials) -> str:
    """Return a new secret for the credentials, valid for one connection. Raises: TicketsUnavailableError."""
    secret = token_urlsafe(24)
    value = orjson.dumps(credentials.to_json())
    try:
        redis.run_with_breaker(lambda client: client.set(_key(secret), value, ex=TICKET_SECONDS))
    except redis.RedisUnavailableError as error:
        raise TicketsUnavailableError from error
    return secret


def redeem(secrets: Sequence[str]) -> list[Credentials | None]:
    """Return each ticket's credentials and use it up; None if it is used, expired or unknown, or they are invalid now.

    Cost: a round trip to Redis, and that of `hold`. Raises: RedisUnavailableError.
    """

    def take(client: redis.Client) -> list[bytes | None]:
        pipeline = client.pipeline(transaction=False)
        for secret in secrets:
            pipeline.getdel(_key(secret))
        return list(pipeline.execute())

    found = [Credentials.from_json(orjson.loads(value)) if value else None for value in redis.run_with_breaker(take)]
    held = iter(hold([credentials for credentials in found if credentials]))
    return [credentials if credentials and next(held) else None for credentials in found]


def redeem_one(secret: str) -> Credentials:
    """Return a ticket's credentials and use it up. Raises: TicketRefusedError, TicketsUnavailableError."""
    try:
        [credentials] = redeem([secret])
    except redis.RedisUnavailableError as error:
        raise TicketsUnavailableError from error
    if credentials is None:
        raise TicketRefusedError
    return credentials


def _key(secret: str) -> str:
    return f"ticket:{hashlib.sha256(secret.encode()).hexdigest()}"
