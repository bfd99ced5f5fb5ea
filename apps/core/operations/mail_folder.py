"""Emails as files, for a Laurel without a mail server: .eml files readable by their owner only."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.core.clock import now
from apps.core.ids import new_hex

FILES_MAX = 1000


class MailFolder(BaseEmailBackend):
    """Writes each email into MAIL_FOLDER, named by its time, and keeps the newest."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            self._write(folder, message.message().as_bytes())
        for old in sorted(folder.glob("*.eml"))[:-FILES_MAX]:
            old.unlink(missing_ok=True)
        return len(email_messages)

    def _write(self, folder: Path, content: bytes) -> None:
        path = folder / f"{now():%Y-%m-%d-%H%M%S-%f}-{new_hex()[-6:]}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
