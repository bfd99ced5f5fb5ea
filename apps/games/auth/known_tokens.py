"""Player tokens seen by this process, and whether their source is still valid, without a query a request.

A token costs a check when first seen. After that a thread checks all tokens in use together, every ROUND_SECONDS;
where no thread runs, or it is late, a request checks its own.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from apps.core.database.availability import failure_detector
from apps.games.auth.credentials import Credentials, CredentialState, of_grant, states_of
from apps.games.auth.keys import UNCHECKED_SECONDS_MAX
from apps.games.models import TokenGrant
from apps.players.tokens import PlayerToken

log = structlog.get_logger(__name__)

ROUND_SECONDS = 3.0
# A token ends within 5 s of its log-in, account or player, even when the thread is late.
CHECKED_SECONDS_MAX = 4.5
# Unused tokens are dropped after this long; the next use counts as the first.
IDLE_SECONDS = 60.0
CHECKED_AT_ONCE = 500
KNOWN_MAX = 50_000


@dataclass(slots=True)
class KnownToken:
    """A token that was valid when last checked; `player_id` follows merges."""

    credentials: Credentials
    player_id: UUID
    checked_at: float
    used_at: float


class KnownTokens:
    """The tokens in use in a process."""

    def __init__(self) -> None:
        self._known: dict[PlayerToken, KnownToken] = {}
        self._thread: threading.Thread | None = None

    def find(self, token: PlayerToken) -> KnownToken | None:
        """Return what a token stands for, or None when its source has ended. Two queries unless checked recently."""
        moment = time.monotonic()
        known = self._known.get(token)
        if known is None or known.checked_at < moment - CHECKED_SECONDS_MAX:
            known = self._check(token, known, moment)
        if known is not None:
            known.used_at = moment
        return known

    def drop(self, source_id: UUID) -> None:
        """Refuse the tokens of a revoked grant or device at once, in this process."""
        for token in [token for token in tuple(self._known) if source_id in {token.grant_id, token.device_id}]:
            self._known.pop(token, None)

    def clear(self) -> None:
        self._known.clear()

    def start_rounds(self) -> None:
        """Check tokens in use from a thread, for the life of the process."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="known-tokens", daemon=True)
            self._thread.start()

    def round(self) -> None:
        """Check all tokens in use and drop the others. Cost: that of `states_of` for each CHECKED_AT_ONCE."""
        idle_since = time.monotonic() - IDLE_SECONDS
        in_use = []
        for token, known in tuple(self._known.items()):
            if known.used_at < idle_since:
                self._known.pop(token, None)
            else:
                in_use.append((token, known))
        for start in range(0, len(in_use), CHECKED_AT_ONCE):
            self._check_all(in_use[start : start + CHECKED_AT_ONCE])

    def _check_all(self, tokens: Sequence[tuple[PlayerToken, KnownToken]]) -> None:
        moment = time.monotonic()
        for (token, known), state in zip(tokens, states_of([known.credentials for _, known in tokens]), strict=True):
            if not state.is_held:
                self._known.pop(token, None)
                continue
            known.player_id, known.checked_at = _player_of(token, state), moment

    def _check(self, token: PlayerToken, known: KnownToken | None, moment: float) -> KnownToken | None:
        try:
            credentials = known.credentials if known else _credentials_of(token)
            state = states_of([credentials])[0] if credentials else CredentialState(is_held=False)
        except (OperationalError, InterfaceError):
            # As with keys: during an outage of PostgreSQL, what was valid before stays valid.
            if known is None or not failure_detector.is_suspected or known.checked_at < moment - UNCHECKED_SECONDS_MAX:
                raise
            return known
        if credentials is None or not state.is_held:
            self._known.pop(token, None)
            return None
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        found = self._known[token] = KnownToken(credentials, _player_of(token, state), moment, moment)
        return found

    def _run(self) -> None:
        while True:
            time.sleep(ROUND_SECONDS)
            try:
                self.round()
            except (OperationalError, InterfaceError) as error:
                log.warning("known_tokens.unchecked", error=str(error)[:200])
            except Exception:
                log.exception("known_tokens.failed")
            finally:
                connection.close()


known_tokens = KnownTokens()


def _credentials_of(token: PlayerToken) -> Credentials | None:
    if token.grant_id is None:
        return Credentials(token.player_id, token.game_id, key_id=token.key_id, device_id=token.device_id)
    grant = TokenGrant.objects.filter(pk=token.grant_id, player_id=token.player_id, game_id=token.game_id).first()
    return None if grant is None else of_grant(grant)


def _player_of(token: PlayerToken, state: CredentialState) -> UUID:
    return state.became_id or token.player_id
