"""Challenges that devices answer to create a token: good once, for five minutes, whatever the device's clock says."""

import hashlib
import secrets
from uuid import UUID

from django.utils.translation import gettext_noop

from apps.core.errors import ConflictError, DomainError
from apps.core.redis import client as redis

CHALLENGE_SECONDS = 300
# First line of what a proof signs, so that no signature serves for anything else.
PROOF_OF = "laurel-device-proof-1"


class ChallengesUnavailableError(DomainError):
    code = "challenges_unavailable"
    status = 503
    detail = gettext_noop("Challenges can't be created or answered at the moment. Try again shortly.")


class ChallengeUnknownError(ConflictError):
    code = "challenge_unknown"
    detail = gettext_noop("This challenge is used, over five minutes old, or another device's. Ask for a new one.")


def issue(device_id: UUID) -> str:
    """Return a new challenge for a device, existing or not. Raises: ChallengesUnavailableError."""
    challenge = secrets.token_urlsafe(32)
    try:
        redis.run_with_breaker(lambda client: client.set(_key(challenge), device_id.bytes, ex=CHALLENGE_SECONDS))
    except redis.RedisUnavailableError as error:
        raise ChallengesUnavailableError from error
    return challenge


def use_up(challenge: str, device_id: UUID) -> None:
    """Accept a challenge of the device, this once. Raises: ChallengeUnknownError, ChallengesUnavailableError."""
    try:
        value = redis.run_with_breaker(lambda client: client.getdel(_key(challenge)))
    except redis.RedisUnavailableError as error:
        raise ChallengesUnavailableError from error
    if value != device_id.bytes:
        raise ChallengeUnknownError(pointer="/challenge")


def message_of(challenge: str, device_id: UUID) -> bytes:
    """Return the bytes that a proof signs."""
    return f"{PROOF_OF}\n{device_id}\n{challenge}".encode()


def _key(challenge: str) -> str:
    return f"challenge:{hashlib.sha256(challenge.encode()).hexdigest()}"
