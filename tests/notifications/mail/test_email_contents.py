"""What a mail looks like: both bodies, links that work from anywhere, headers, and names that mean harm."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail
from django.test import override_settings

from apps.notifications import delivery
from apps.notifications.kinds.base import Note
from apps.notifications.mail.unsubscribe import player_of, token_of
from apps.players.models import Player
from tests.notifications.mail.conftest import NOON, SIX, MakeReader, Move, follow, send_mail
from tests.notifications.test_kinds import EXAMPLES

pytestmark = pytest.mark.django_db


def parts(number: int = 0) -> tuple[str, str]:
    """Return a sent mail's text and HTML."""
    message = mail.outbox[number]
    ((html, kind),) = message.alternatives  # type: ignore[attr-defined]
    assert kind == "text/html"
    return str(message.body), str(html)


@override_settings(PUBLIC_URL="https://laurel.example")
def test_a_mail_says_the_same_in_text_and_html_with_links_from_anywhere(mira: Player, noon: Move) -> None:
    follow(mira)

    noon(SIX)
    send_mail()

    text, html = parts()
    off = f"https://laurel.example/notifications/mail-off/{token_of(mira.id)}/"
    for body in (text, html):
        assert "New followers" in body
        assert "Jon follows you" in body
        assert "25 Nov, 12:00" in body
    wanted = {"players/jon/", "notifications/", "account/notifications/"}
    assert {f"https://laurel.example/{path}" for path in wanted} | {off} <= set(re.findall(r"https://\S+", text))
    linked = set(re.findall(r'href="([^"]*)"', html))
    assert {f"https://laurel.example/{path}" for path in wanted} | {off} <= linked
    assert all(link.startswith("https://laurel.example/") for link in linked)
    # Nothing is fetched from anywhere: a picture would reveal who has opened it.
    assert not re.search(r"<img|<link|<script|url\(|src=", html)


@override_settings(PUBLIC_URL="https://laurel.example:8443")
def test_mailboxes_learn_how_to_turn_it_off(mira: Player, noon: Move) -> None:
    follow(mira)

    noon(SIX)
    send_mail()

    raw = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=default)
    # Too long for its first line, it stands on the second.
    off = f"https://laurel.example:8443/notifications/mail-off/{token_of(mira.id)}/"
    assert raw["List-Unsubscribe"].strip() == f"<{off}>"
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert raw["Auto-Submitted"] == "auto-generated"
    assert raw["Message-ID"] == f"<digest.{mira.id.hex}.1@laurel.example>"
    assert raw["To"] == "mira@example.com"
    assert raw.get_content_type() == "multipart/alternative"


def test_names_that_mean_harm_stay_names(make_reader: MakeReader, noon: Move) -> None:
    harm = "<script>x</script>\r\nBcc: all@example.com\n\n"
    reader = make_reader(display_name="<b>Mira</b>\nSubject: x")
    follow(reader, harm)

    noon(SIX)
    send_mail()

    (message,) = mail.outbox
    text, html = parts()
    assert message.subject == "<script>x</script> Bcc: all@example.com follows you"
    assert message.recipients() == ["mira@example.com"]
    raw = message_from_bytes(message.message().as_bytes(), policy=default)
    assert raw["Bcc"] is None
    assert "<script>" not in html
    assert "<b>Mira" not in html
    assert "&lt;script&gt;x&lt;/script&gt; Bcc: all@example.com follows you" in html
    assert "* <script>x</script> Bcc: all@example.com follows you" in text
    assert "Hello <b>Mira</b> Subject: x," in text


def test_a_long_name_leaves_the_subject_short(mira: Player, noon: Move) -> None:
    follow(mira, "Long " * 30)

    noon(SIX)
    send_mail()

    assert len(mail.outbox[0].subject) == 70
    assert mail.outbox[0].subject.endswith("…")


def test_every_kind_has_its_place_in_an_email(mira: Player, noon: Move) -> None:
    kinds = [kind for kind in EXAMPLES if kind not in {"own_unlock", "rank_overtaken"}]
    delivery.deliver(
        [Note(mira.id, kind, NOON, EXAMPLES[kind][0], items=[{}] if "digest" in kind else None) for kind in kinds]
    )

    noon(SIX)
    send_mail()

    text, html = parts()
    for kind in kinds:
        assert EXAMPLES[kind][1] in text
        assert EXAMPLES[kind][1] in html
    # A grouped one leads to all that it stands for.
    assert re.search(r"12 new achievements by friends\n.*\n  http://127.0.0.1:8000/notifications/\d+/\n", text)


def test_a_link_is_one_players_and_can_not_be_made_up(mira: Player) -> None:
    token = token_of(mira.id)

    assert player_of(token) == mira.id
    assert player_of(token.replace(mira.id.hex, "0" * 32)) is None
    assert player_of(mira.id.hex) is None
    assert player_of("") is None
