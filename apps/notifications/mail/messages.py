"""The daily email: its subject, both its bodies, and the headers by which mailboxes handle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.core.clock import zone_of
from apps.notifications.mail.contents import Group
from apps.notifications.mail.due_readers import Digest
from apps.notifications.mail.unsubscribe import token_of

# A little more than a phone shows of a subject.
SUBJECT_TITLE_MAX = 70


@dataclass(frozen=True, slots=True)
class DailyEmail:
    """The email of one player."""

    digest: Digest
    groups: Sequence[Group]

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def subject(self) -> str:
        """The first notification's title, which is one line, so that no name can begin a header of its own."""
        title = Truncator(self.groups[0].entries[0].title).chars(SUBJECT_TITLE_MAX)
        if self.count == 1:
            return title
        return gettext("{title}, and {count:,} more").format(title=title, count=self.count - 1)

    def message(self) -> EmailMultiAlternatives:
        """Return the email, ready to be sent."""
        context = self._context()
        message = EmailMultiAlternatives(
            subject=self.subject,
            body=render_to_string("notifications/mail/digest.txt", context),
            to=[str(self.digest.email)],
            headers=self._headers(context["off_url"]),
        )
        message.attach_alternative(render_to_string("notifications/mail/digest.html", context), "text/html")
        return message

    def _context(self) -> dict[str, Any]:
        return {
            "name": " ".join(self.digest.display_name.split()),
            "subject": self.subject,
            "groups": self.groups,
            "count": self.count,
            "site": settings.PUBLIC_URL,
            "host": urlsplit(settings.PUBLIC_URL).netloc,
            "zone": zone_of(self.digest.time_zone),
            "inbox_url": f"{settings.PUBLIC_URL}/notifications/",
            "choices_url": f"{settings.PUBLIC_URL}/account/notifications/",
            "off_url": f"{settings.PUBLIC_URL}/notifications/mail-off/{token_of(self.digest.player_id)}/",
        }

    def _headers(self, off_url: str) -> dict[str, str]:
        # The same for each attempt, so that mailboxes recognize a duplicate.
        name = f"digest.{self.digest.player_id.hex}.{self.digest.covers_until}"
        return {
            "Message-ID": f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            # RFC 8058: the mailbox shows a button and posts to this address itself.
            "List-Unsubscribe": f"<{off_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
