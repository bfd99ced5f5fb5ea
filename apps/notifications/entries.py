"""Notifications as people read them: on pages and in mails, each a title, a line and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.notifications.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Entry:
    """A notification in words. Each is one line, whatever names are in it; `link` is a path of this site."""

    seq: int
    kind: str
    at: datetime
    title: str
    body: str
    link: str


def entry_of(seq: int, kind: str, at: datetime, payload: Mapping[str, Any], *, is_gathered: bool) -> Entry:
    """Return a kept notification in words; a gathered one leads to all that it stands for."""
    words = KINDS[kind]
    link = f"/notifications/{seq}/" if is_gathered else words.link(payload)
    return Entry(seq, kind, at, _one_line(words.title(payload)), _one_line(words.body(payload)), link)


def _one_line(text: str) -> str:
    return " ".join(text.split())
