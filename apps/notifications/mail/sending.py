"""The work queue of the daily email: claims a chunk of readers, then sends to each, with nothing locked meanwhile."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from uuid import UUID

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from apps.core.background.work_queues import work_queue
from apps.core.circuit_breakers import Breaker, BreakerOpenError
from apps.core.clock import now
from apps.core.ids import new_id
from apps.notifications.mail import contents, due_readers
from apps.notifications.mail.due_readers import DIGESTS, PAUSE, Digest
from apps.notifications.mail.messages import DailyEmail

log = structlog.get_logger(__name__)

NAME = "daily_mail"
DIGESTS_AT_ONCE = 50
# Then the rest of a chunk is released: a slow server must not hold it for longer than its lease.
CHUNK_SECONDS = 10.0
PERMANENT = 500

# A worker that found no server tries again in a minute; waiting for it would hold up other work.
breaker = Breaker(
    "mail", failures_max=1, pause_seconds_min=PAUSE.total_seconds(), pause_seconds_max=PAUSE.total_seconds()
)


class MailConnection:
    """A connection to the mail server for a chunk of emails, replaced after a failure."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def open(self) -> None:
        """Connect if there is no connection. Raises: OSError (smtplib's errors are), BreakerOpenError."""
        breaker.call(self._connection.open, failures=(OSError,))

    def send(self, message: EmailMultiAlternatives) -> None:
        """Raises: whatever the mail server says; the next email gets a new connection."""
        try:
            self._connection.send_messages([message])
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()


@work_queue(name=NAME, queue="notifications", waiting_since=DIGESTS.waiting_since)
def send_daily_mail() -> int:
    """Send to up to DIGESTS_AT_ONCE players; return how many rows that took, 0 also while there is no mail server."""
    if breaker.state == "open":
        return 0
    token = new_id()
    looked_at, emails = claim_due(token)
    return looked_at if _write(emails, token) else 0


@transaction.atomic
def claim_due(token: UUID) -> tuple[int, list[DailyEmail]]:
    """Claim the emails that are to be sent now; return how many due rows that took, and the emails."""
    moment = now()
    due = due_readers.lock_due(moment, limit=DIGESTS_AT_ONCE)
    if not due:
        return 0, []
    due_readers.remove([item.player_id for item in due if item.email is None])
    read = [item for item in due if item.email is not None]
    found = contents.contents_of([item for item in read if not item.has_moved])
    for item in read:
        if item.player_id in found:
            item.claim(token, moment)
        elif item.has_moved:
            item.wait_for_next(moment)
        else:
            item.mark_sent(moment)
    if read:
        DIGESTS.save([item.row() for item in read])
    return len(due), [DailyEmail(item, found[item.player_id]) for item in read if item.player_id in found]


def _write(emails: Sequence[DailyEmail], token: UUID) -> bool:
    """Send the emails, release those for which there was no time or no server; return whether there was a server."""
    if not emails:
        return True
    until = time.monotonic() + CHUNK_SECONDS
    mail_connection = MailConnection()
    try:
        for index, email in enumerate(emails):
            if time.monotonic() >= until:
                _release(emails[index:], token, now())
                break
            mail_connection.open()
            _deliver(email, token, mail_connection)
    except (OSError, BreakerOpenError) as error:
        log.warning("mail.server_down", error=str(error)[:200])
        _release(emails[index:], token, now() + PAUSE)
        return False
    finally:
        mail_connection.close()
    return True


def _deliver(email: DailyEmail, token: UUID, mail_connection: MailConnection) -> None:
    digest = email.digest
    if not DIGESTS.renew_lease(digest.player_id, token):
        return
    try:
        mail_connection.send(email.message())
    except Exception as error:  # noqa: BLE001
        # Whatever is wrong with one, its address or its text, the others are sent.
        log.warning("mail.not_sent", player=digest.player_id.hex, attempt=digest.attempt_count, error=str(error)[:200])
        _failed(digest, error)
    else:
        digest.mark_sent(now())
    DIGESTS.complete([digest.row()], token)


def _failed(digest: Digest, error: Exception) -> None:
    if isinstance(error, SMTPRecipientsRefused) and all(code >= PERMANENT for code, _ in error.recipients.values()):
        digest.wait_for_next(now())
    else:
        digest.retry(now())


def _release(emails: Sequence[DailyEmail], token: UUID, due_at: datetime) -> None:
    DIGESTS.release([email.digest.player_id for email in emails], token, due_at=due_at)
