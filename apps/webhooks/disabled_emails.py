"""The letters about endpoints that were disabled: a backlog of their own, as a mail server may be away.

A letter is taken under a lease, sent, and forgotten. Killed between the last two it would be sent again, under the same
Message-ID, by which mailboxes know it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import gettext

from apps.core.background.work_queues import backlog
from apps.core.clock import now
from apps.webhooks.models import DisabledReason, WebhookNotice

log = structlog.get_logger(__name__)

BACKLOG = "webhook_letters"
# Twice as long after each failure: ten attempts are over three days.
LEASE = timedelta(minutes=5)
ATTEMPTS_MAX = 10
SERVER_SECONDS = 10

_WAITING_SINCE = "SELECT min(due_at) FROM webhook_notice"
_CLAIM = """
WITH picked AS (
    SELECT id FROM webhook_notice WHERE due_at <= %(moment)s ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE webhook_notice n SET attempt_count = n.attempt_count + 1,
        due_at = %(moment)s + make_interval(secs => %(lease_seconds)s * power(2, n.attempt_count))
    FROM picked WHERE n.id = picked.id RETURNING n.*
)
SELECT claimed.id, claimed.attempt_count, claimed.reason, claimed.disabled_at, account.email, e.url, g.name
FROM claimed JOIN account ON account.id = claimed.account_id
JOIN webhook_endpoint e ON e.id = claimed.endpoint_id JOIN game g ON g.id = e.game_id
"""


@dataclass(frozen=True, slots=True)
class DisabledEmail:
    """What one person is written."""

    id: UUID
    attempt_count: int
    reason: DisabledReason
    disabled_at: datetime
    email: str
    url: str
    game_name: str


def waiting_since() -> datetime | None:
    """Return since when the oldest letter is due, None when none is."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING_SINCE)
        (since,) = cursor.fetchone()
    return since if since is not None and since <= now() else None


@backlog(name=BACKLOG, queue="notifications", waiting_since=waiting_since)
def send_letters() -> int:
    """Send one letter; return 0 when none is due."""
    letter = _claim()
    if letter is None:
        return 0
    if _is_sent(letter) or letter.attempt_count >= ATTEMPTS_MAX:
        WebhookNotice.objects.filter(pk=letter.id).delete()
    return 1


def _claim() -> DisabledEmail | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"moment": now(), "lease_seconds": LEASE.total_seconds()})
        row = cursor.fetchone()
    return None if row is None else DisabledEmail(*row)


def _is_sent(letter: DisabledEmail) -> bool:
    try:
        _message(letter).send()
    except OSError as error:
        # smtplib's errors are OSErrors too.
        log.warning("webhook.letter_not_sent", attempt=letter.attempt_count, error=str(error)[:200])
        return False
    return True


def _message(letter: DisabledEmail) -> EmailMessage:
    context = {"letter": letter, "reason": DisabledReason(letter.reason)}
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=gettext("Webhooks of {game} are disabled").format(game=" ".join(letter.game_name.split())),
        body=render_to_string("email/webhook_disabled.txt", context),
        to=[letter.email],
        headers={"Message-ID": f"<webhook-{letter.id.hex}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=SERVER_SECONDS),
    )
