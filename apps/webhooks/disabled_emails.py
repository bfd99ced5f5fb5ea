"""Emails about disabled endpoints: a work queue of their own, because a mail server may be down.

A worker killed between sending an email and deleting its notice leaves the email to be sent again, under the same
Message-ID, by which mailboxes recognize a duplicate.
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

from apps.core.background.claims import LeasedTable
from apps.core.background.work_queues import work_queue
from apps.core.clock import now
from apps.core.ids import new_id
from apps.webhooks.models import DisabledReason, WebhookNotice

log = structlog.get_logger(__name__)

WORK_QUEUE = "webhook_disabled_emails"
# Longer than an email takes to be sent.
LEASE = timedelta(minutes=5)
# Doubles with each failure: the ten attempts span almost two days.
RETRY_AFTER = timedelta(minutes=5)
ATTEMPTS_MAX = 10
SERVER_SECONDS = 10

NOTICES = LeasedTable("webhook_notice", key="id", lease=LEASE)
_CLAIM_DUE = """
WITH picked AS (
    SELECT id FROM webhook_notice WHERE due_at <= %(moment)s ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE webhook_notice n SET attempt_count = n.attempt_count + 1, due_at = %(lease_until)s, claim_token = %(token)s
    FROM picked WHERE n.id = picked.id RETURNING n.*
)
SELECT claimed.claim_token, claimed.id, claimed.attempt_count, claimed.reason, claimed.disabled_at, account.email,
    e.url, g.name
FROM claimed JOIN account ON account.id = claimed.account_id
JOIN webhook_endpoint e ON e.id = claimed.endpoint_id JOIN game g ON g.id = e.game_id
"""


@dataclass(frozen=True, slots=True)
class DisabledEmail:
    """What one person is sent."""

    claim_token: UUID
    id: UUID
    attempt_count: int
    reason: DisabledReason
    disabled_at: datetime
    email: str
    url: str
    game_name: str


@work_queue(name=WORK_QUEUE, queue="notifications", waiting_since=NOTICES.waiting_since)
def send_disabled_emails() -> int:
    """Send one email; return 0 when none is due."""
    email = claim_due()
    if email is None:
        return 0
    complete(email, is_sent=_is_sent(email))
    return 1


def claim_due() -> DisabledEmail | None:
    """Claim the email that has been due for longest. One statement."""
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, {"moment": moment, "lease_until": moment + LEASE, "token": new_id()})
        row = cursor.fetchone()
    return None if row is None else DisabledEmail(*row)


def complete(email: DisabledEmail, *, is_sent: bool) -> None:
    """Delete the notice of an email that was sent or has failed too often; try others again later. One statement."""
    if is_sent or email.attempt_count >= ATTEMPTS_MAX:
        WebhookNotice.objects.filter(pk=email.id, claim_token=email.claim_token).delete()
    else:
        due_at = now() + RETRY_AFTER * 2 ** (email.attempt_count - 1)
        NOTICES.complete([{"id": email.id, "due_at": due_at}], email.claim_token)


def _is_sent(email: DisabledEmail) -> bool:
    try:
        _message(email).send()
    except OSError as error:
        # smtplib's errors are OSErrors too.
        log.warning("webhook.disabled_email_not_sent", attempt=email.attempt_count, error=str(error)[:200])
        return False
    return True


def _message(email: DisabledEmail) -> EmailMessage:
    context = {"email": email, "reason": DisabledReason(email.reason)}
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=gettext("Webhooks of {game} are disabled").format(game=" ".join(email.game_name.split())),
        body=render_to_string("email/webhook_disabled.txt", context),
        to=[email.email],
        headers={"Message-ID": f"<webhook-{email.id.hex}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=SERVER_SECONDS),
    )
