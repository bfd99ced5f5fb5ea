"""The backlog of the daily mail: a chunk of readers is claimed, then each is written, with nothing locked meanwhile."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from uuid import UUID

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from apps.core.background.work_queues import backlog
from apps.core.circuit_breakers import Breaker, BreakerOpenError
from apps.core.clock import now
from apps.core.ids import new_id
from apps.notifications.mail import contents, due_readers
from apps.notifications.mail.due_readers import DIGESTS, PAUSE, Digest
from apps.notifications.mail.messages import DailyMail

log = structlog.get_logger(__name__)

NAME = "daily_mail"
DIGESTS_AT_ONCE = 50
# Then what is left of a chunk is given back: a slow server must not hold it for longer than its lease.
CHUNK_SECONDS = 10.0
PERMANENT = 500

# A worker that found no server leaves the mail alone for a minute; waiting for one would hold up the other work.
breaker = Breaker(
    "mail", failures_max=1, pause_seconds_min=PAUSE.total_seconds(), pause_seconds_max=PAUSE.total_seconds()
)


class Postbox:
    """A connection to the mail server for a chunk of letters, made anew after a failure."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def open(self) -> None:
        """Have a connection. Raises: OSError (smtplib's errors are), BreakerOpenError."""
        breaker.call(self._connection.open, failures=(OSError,))

    def send(self, message: EmailMultiAlternatives) -> None:
        """Raises: whatever the mail server says, and then begins anew."""
        try:
            self._connection.send_messages([message])
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()


@backlog(name=NAME, queue="notifications", waiting_since=DIGESTS.waiting_since)
def send_daily_mail() -> int:
    """Write to up to DIGESTS_AT_ONCE players; return how many rows that took, 0 also while there is no mail server."""
    if breaker.state == "open":
        return 0
    token = new_id()
    looked_at, letters = claim_due(token)
    return looked_at if _write(letters, token) else 0


@transaction.atomic
def claim_due(token: UUID) -> tuple[int, list[DailyMail]]:
    """Claim the emails that are to be sent now; return how many due rows that took, and the emails."""
    moment = now()
    due = due_readers.lock_due(moment, limit=DIGESTS_AT_ONCE)
    if not due:
        return 0, []
    due_readers.forget([item.player_id for item in due if item.email is None])
    read = [item for item in due if item.email is not None]
    told = contents.contents_of([item for item in read if not item.has_moved])
    for item in read:
        if item.player_id in told:
            item.claim(token, moment)
        elif item.has_moved:
            item.wait_for_next(moment)
        else:
            item.told(moment)
    if read:
        DIGESTS.save([item.row() for item in read])
    return len(due), [DailyMail(item, told[item.player_id]) for item in read if item.player_id in told]


def _write(letters: Sequence[DailyMail], token: UUID) -> bool:
    """Send the letters and give back those for which there is no time, or no server; return whether there was one."""
    if not letters:
        return True
    until = time.monotonic() + CHUNK_SECONDS
    postbox = Postbox()
    try:
        for index, letter in enumerate(letters):
            if time.monotonic() >= until:
                _release(letters[index:], token, now())
                break
            postbox.open()
            _deliver(letter, token, postbox)
    except (OSError, BreakerOpenError) as error:
        log.warning("mail.server_away", error=str(error)[:200])
        _release(letters[index:], token, now() + PAUSE)
        return False
    finally:
        postbox.close()
    return True


def _deliver(letter: DailyMail, token: UUID, postbox: Postbox) -> None:
    digest = letter.digest
    if not DIGESTS.renew_lease(digest.player_id, token):
        return
    try:
        postbox.send(letter.message())
    except Exception as error:  # noqa: BLE001
        # Whatever is wrong with one, its address or its words, the others are written.
        log.warning("mail.not_sent", player=digest.player_id.hex, attempt=digest.attempt_count, error=str(error)[:200])
        _failed(digest, error)
    else:
        digest.told(now())
    DIGESTS.complete([digest.row()], token)


def _failed(digest: Digest, error: Exception) -> None:
    if isinstance(error, SMTPRecipientsRefused) and all(code >= PERMANENT for code, _ in error.recipients.values()):
        digest.wait_for_next(now())
    else:
        digest.retry(now())


def _release(letters: Sequence[DailyMail], token: UUID, due_at: datetime) -> None:
    DIGESTS.release([letter.digest.player_id for letter in letters], token, due_at=due_at)
