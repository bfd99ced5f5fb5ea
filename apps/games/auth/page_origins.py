"""Sites whose pages may call the API with a publishable key, as preflights have to know without a key."""

import re
import threading
import time
from contextlib import suppress

from django.db.utils import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from apps.games.auth.keys import CACHE_SECONDS
from apps.games.models import ApiKey, KeyKind

# scheme://host[:port], as browsers send it: in lower case and without the scheme's own port.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?")
_PORTS = {"http": ":80", "https": ":443"}


def read_origin(text: str) -> str | None:
    """Return an origin as browsers send it; None for what is none."""
    origin = text.strip().lower().removesuffix("/")
    origin = origin.removesuffix(_PORTS.get(origin.partition(":")[0], "/"))
    return origin if _ORIGIN.fullmatch(origin) else None


class PageOrigins:
    """The origins of all publishable keys in use, read again after CACHE_SECONDS, by the next caller."""

    def __init__(self) -> None:
        self._origins: frozenset[str] = frozenset()
        # Of the last reading; 0 where nothing read so far counts.
        self._until = 0.0
        self._reading = threading.Lock()

    def is_known(self, origin: str) -> bool:
        """Return whether a key names the origin; while the database can't be queried, whether one did."""
        if self._until <= time.monotonic():
            self._read()
        return self.was_known(origin)

    def was_known(self, origin: str) -> bool:
        """Return whether a key named the origin when they were last read, without a query."""
        return origin in self._origins

    def clear(self) -> None:
        self._until = 0.0

    def _read(self) -> None:
        """Read them, one caller at once: others go by what was read before, and wait where there is nothing."""
        if not self._reading.acquire(blocking=not self._until):
            return
        try:
            if self._until <= time.monotonic():
                with suppress(OperationalError, InterfaceError, PoolTimeout):
                    self._origins = frozenset(self._load())
                self._until = time.monotonic() + CACHE_SECONDS
        finally:
            self._reading.release()

    def _load(self) -> set[str]:
        named = ApiKey.objects.filter(kind=KeyKind.PUBLISHABLE, revoked_at=None).exclude(allowed_origins=[])
        return {origin for origins in named.values_list("allowed_origins", flat=True) for origin in origins}


page_origins = PageOrigins()
