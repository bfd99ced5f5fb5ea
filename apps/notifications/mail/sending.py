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
from apps.notifications.mail.due_readers import PAUSE, Digest
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


def waiting_since() -> datetime | None:
    return due_readers.waiting_since(now())


@backlog(name=NAME, queue="notifications", waiting_since=waiting_since)
def send_daily_mail() -> int:
    """Write to up to DIGESTS_AT_ONCE players; return how many rows that took, 0 also while there is no mail server."""
    if breaker.state == "open":
        return 0
    token = new_id()
    looked_at, letters = claim(token)
    return looked_at if _write(letters, token) else 0


@transaction.atomic
def claim(token: UUID) -> tuple[int, list[DailyMail]]:
    """Take what is due; return how many rows that were, and the letters that are to be sent now, held by the token."""
    moment = now()
    due = due_readers.open_due(moment, limit=DIGESTS_AT_ONCE)
    if not due:
        return 0, []
    due_readers.forget([item.player_id for item in due if item.email is None])
    read = [item for item in due if item.email is not None]
    told = contents.contents_of([item for item in read if not item.has_moved])
    for item in read:
        if item.player_id in told:
            item.hold(token, moment)
        elif item.has_moved:
            item.wait_for_next(moment)
        else:
            item.told(moment)
    due_readers.close(read)
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
                _give_back(letters[index:], token, now())
                break
            postbox.open()
            _deliver(letter, token, postbox)
    except (OSError, BreakerOpenError) as error:
        log.warning("mail.server_away", error=str(error)[:200])
        _give_back(letters[index:], token, now() + PAUSE)
        return False
    finally:
        postbox.close()
    return True


def _deliver(letter: DailyMail, token: UUID, postbox: Postbox) -> None:
    digest = letter.digest
    if not due_readers.is_held(digest.player_id, token, now()):
        return
    try:
        postbox.send(letter.message())
    except Exception as error:  # noqa: BLE001
        # Whatever is wrong with one, its address or its words, the others are written.
        log.warning("mail.not_sent", player=digest.player_id.hex, attempt=digest.attempt_count, error=str(error)[:200])
        _failed(digest, error)
    else:
        digest.told(now())
    due_readers.close([digest], held=token)


def _failed(digest: Digest, error: Exception) -> None:
    if isinstance(error, SMTPRecipientsRefused) and all(code >= PERMANENT for code, _ in error.recipients.values()):
        digest.wait_for_next(now())
    else:
        digest.retry(now())


def _give_back(letters: Sequence[DailyMail], token: UUID, due_at: datetime) -> None:
    for letter in letters:
        letter.digest.give_back(due_at)
    due_readers.close([letter.digest for letter in letters], held=token)
