"""API keys: creating them, and identifying callers without a query a request."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.utils import InterfaceError, OperationalError

from apps.core.clock import now
from apps.core.database.availability import failure_detector
from apps.games.models import ApiKey, KeyKind

# A revoked key stops working within this time in every process (5 s in all are promised).
CACHE_SECONDS = 3.0
RENEWED_BELOW_SECONDS = 1.0
# While the database is down, cached identities stay valid until it is back, for this long at most.
UNCHECKED_SECONDS_MAX = 600.0
CACHED_MAX = 10_000
Environment = Literal["live", "test"]


@dataclass(frozen=True, slots=True)
class KeyIdentity:
    """Whom a key acts for."""

    id: UUID
    # The caller's name in rate limits and audits: key:<id>.
    caller_id: str
    game_id: UUID
    environment: Environment
    scopes: tuple[str, ...]
    revoked_at: datetime | None
    is_publishable: bool = False
    allowed_origins: frozenset[str] = frozenset()

    @property
    def is_test(self) -> bool:
        return self.environment == "test"

    def subject_from(self, ip_address: str) -> str:
        """Return what limits count of a call: of a key that everybody has, each address by itself."""
        return f"{self.caller_id}@{ip_address}" if self.is_publishable else self.caller_id


def new_token(environment: Environment, *, is_publishable: bool = False) -> str:
    """Return a new secret, such as lk_live_ and 32 characters (190 bits); or lk_pub_, lk_pub_test_ and so many."""
    if is_publishable:
        environment_word = "test_" if environment == "test" else ""
        return f"lk_pub_{environment_word}{secrets.token_urlsafe(24)}"
    return f"lk_{environment}_{secrets.token_urlsafe(24)}"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class KeyCache:
    """Keys cached in this process, unknown ones included; an entry is read again after CACHE_SECONDS."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[float, KeyIdentity | None]] = {}
        self._renewing: set[str] = set()
        self._lock = threading.Lock()

    def find(self, token: str) -> KeyIdentity | None:
        """Return the identity behind a secret, revoked or not; None for an unknown one."""
        return self._find(digest_of(token), lambda: ApiKey.objects.filter(digest=digest_of(token)))

    def find_by_id(self, key_id: UUID) -> KeyIdentity | None:
        """Return the key with this id, revoked or not; None for an unknown one."""
        return self._find(f"id:{key_id.hex}", lambda: ApiKey.objects.filter(pk=key_id))

    def _find(self, digest: str, rows: Callable[[], QuerySet[ApiKey]]) -> KeyIdentity | None:
        entry = self._entries.get(digest)
        if entry is not None and entry[0] > time.monotonic() and digest not in self._renewing:
            return entry[1]
        try:
            identity = _load(rows())
        except (OperationalError, InterfaceError):
            if entry is None or not _may_stand_in(*entry):
                raise
            return entry[1]
        with self._lock:
            if len(self._entries) >= CACHED_MAX:
                self._entries.clear()
            self._entries[digest] = (time.monotonic() + CACHE_SECONDS, identity)
            self._renewing.discard(digest)
        return identity

    def peek(self, token: str) -> KeyIdentity | None:
        """Return a cached identity without a query, or None.

        Now and then one caller gets None, and its `find` renews the entry before it expires for everyone.
        """
        digest = digest_of(token)
        seconds_left, identity = self._entries.get(digest, (0.0, None))
        seconds_left -= time.monotonic()
        if seconds_left <= 0:
            return None
        if seconds_left < RENEWED_BELOW_SECONDS and digest not in self._renewing:
            self._renewing.add(digest)
            return None
        return identity

    def clear(self) -> None:
        self._renewing.clear()
        self._entries.clear()


cache = KeyCache()


def _may_stand_in(valid_until: float, identity: KeyIdentity | None) -> bool:
    """Return whether a cached identity still counts although the database can't be queried: during outages only."""
    is_recent = time.monotonic() - valid_until + CACHE_SECONDS < UNCHECKED_SECONDS_MAX
    # An unknown key may have been created since.
    return identity is not None and is_recent and failure_detector.is_unreliable


def _load(rows: QuerySet[ApiKey]) -> KeyIdentity | None:
    key = rows.first()
    if key is None:
        return None
    _note_use(key)
    return KeyIdentity(
        id=key.id,
        caller_id=f"key:{key.id}",
        game_id=key.game_id,
        environment="test" if key.environment == "test" else "live",
        scopes=tuple(key.scopes),
        revoked_at=key.revoked_at,
        is_publishable=key.kind == KeyKind.PUBLISHABLE,
        allowed_origins=frozenset(key.allowed_origins),
    )


def _note_use(key: ApiKey) -> None:
    """Update "last used" at most once a minute."""
    moment = now()
    is_old = Q(last_used_at=None) | Q(last_used_at__lt=moment - timedelta(minutes=1))
    if key.revoked_at is None:
        ApiKey.objects.filter(is_old, pk=key.pk).update(last_used_at=moment)
