"""Signing up: nobody learns who has an account, and the player is there from the first log-in on."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client

from apps.players.models import Account, Player
from tests.factories import make_account, make_player

pytestmark = pytest.mark.django_db

SMTP = "django.core.mail.backends.smtp.EmailBackend"
PASSWORD = "correct horse battery"


def sign_up(client: Client, email: str, handle: str, **fields: str) -> Any:
    form = {"email": email, "handle": handle, "display_name": "", "region": "OC", "password1": PASSWORD, **fields}
    return client.post("/accounts/signup/", form)


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/"])
@pytest.mark.parametrize("length", [254, 255, 310])
def test_an_address_longer_than_mail_knows_is_refused_before_anything_is_sent(path: str, length: int) -> None:
    domain = ".".join(["a" * 50] * 4)
    email = f"{'x' * (length - 1 - len(domain))}@{domain}"

    answer = Client().post(path, {"email": email, "handle": "longest", "region": "OC", "password1": PASSWORD})

    assert len(email) == length
    is_taken = length <= 254
    assert (answer.status_code, len(mail.outbox)) == ((302, 1) if is_taken else (200, 0))
    said = f"This address has {length} characters, and one of email has 254 at most."
    assert (said in answer.content.decode()) is not is_taken
    assert Account.objects.filter(email=email).exists() is (is_taken and "signup" in path)


def link_in(message: Any, part: str) -> str:
    return "/" + next(word for word in message.body.split() if part in word).partition("testserver/")[2]


def confirm(client: Client, message: Any) -> Any:
    return client.post(link_in(message, "/confirm-email/"), follow=True)


def anonymised(response: Any, *words: str) -> str:
    """Return a page without what differs by the form that was sent."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    for word in words:
        text = text.replace(word, "")
    return text


def test_who_has_an_account_gets_the_response_of_who_is_new_and_learns_by_mail() -> None:
    make_account(email="known@example.com", password="their own password")
    responses = []

    for email, handle in (("new@example.com", "newcomer"), ("KNOWN@example.com", "visitor")):
        client = Client()
        answer = sign_up(client, email, handle)
        page = client.get(answer["Location"])
        again = client.get("/accounts/signup/")
        responses.append(
            (
                (answer.status_code, answer["Location"], sorted(client.cookies), SESSION_KEY in client.session),
                anonymised(page, email.lower(), email, handle),
                anonymised(again, email.lower(), email, handle),
                client.get(f"/players/{handle}/").status_code,
                sign_up(Client(), "third@example.com", handle).status_code,
            )
        )
        Account.objects.filter(email="third@example.com").delete()

    assert responses[0] == responses[1]
    assert responses[0][0][:2] == (302, "/accounts/confirm-email/")
    assert "Check your inbox" in responses[0][1]
    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert "/accounts/confirm-email/" in bodies["new@example.com"]
    assert "You already have an account there" in bodies["known@example.com"]
    assert "/accounts/confirm-email/" not in bodies["known@example.com"]
    assert Account.objects.get(email="known@example.com").check_password("their own password")


def test_without_a_mail_server_nobody_is_left_with_half_an_account(settings: Any) -> None:
    make_account(email="known@example.com")
    client = Client(raise_request_exception=False)
    # Port 1 is nobody's.
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1

    responses = [sign_up(client, email, "newcomer") for email in ("new@example.com", "known@example.com")]
    responses.append(client.post("/accounts/password/reset/", {"email": "known@example.com"}))

    assert [(answer.status_code, answer["Retry-After"]) for answer in responses] == [(503, "60")] * 3
    assert all("sent now. Try again in a few minutes" in answer.content.decode() for answer in responses)
    assert list(Account.objects.values_list("email", flat=True)) == ["known@example.com"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sign_up(client, "new@example.com", "newcomer").status_code == 302
    assert "/accounts/confirm-email/" in mail.outbox[0].body


def test_both_cost_a_hash_of_the_password(monkeypatch: Any) -> None:
    make_account(email="known@example.com", password=PASSWORD)
    hashed: list[str] = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    monkeypatch.setattr(hasher, lambda self, password, salt: hashed.append(password) or f"md5${salt}$x")

    sign_up(Client(), "known@example.com", "visitor")
    known = len(hashed)
    sign_up(Client(), "new@example.com", "newcomer")

    assert (known, len(hashed) - known) == (1, 1)


def test_the_player_is_made_when_the_address_is_confirmed_and_who_signed_up_is_in() -> None:
    client = Client()
    sign_up(client, "new@example.com", "Newcomer")
    assert Player.objects.count() == 0

    page = confirm(client, mail.outbox[0])

    player = Player.objects.get(account__email="new@example.com")
    assert (player.handle, player.display_name, player.region) == ("Newcomer", "Newcomer", "OC")
    assert page.redirect_chain[-1] == ("/", 302)
    assert SESSION_KEY in client.session


def test_in_another_browser_the_first_log_in_makes_the_player() -> None:
    sign_up(Client(), "new@example.com", "newcomer", display_name="New Comer")
    other = Client()

    confirm(other, mail.outbox[0])
    assert (Player.objects.count(), SESSION_KEY in other.session) == (0, False)
    other.post("/accounts/login/", {"login": "new@example.com", "password": PASSWORD})

    assert Player.objects.get().display_name == "New Comer"
    assert SESSION_KEY in other.session


def test_before_the_address_is_confirmed_nobody_logs_in() -> None:
    client = Client()
    sign_up(Client(), "new@example.com", "newcomer")

    answer = client.post("/accounts/login/", {"login": "new@example.com", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    assert SESSION_KEY not in client.session
    assert Player.objects.count() == 0


def test_an_account_that_an_operator_made_has_nothing_to_confirm() -> None:
    account = make_account(password=PASSWORD)
    client = Client()

    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    client.get("/accounts/email/")
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})

    assert SESSION_KEY in client.session
    assert mail.outbox == []


def test_a_handle_that_went_meanwhile_is_chosen_anew() -> None:
    client = Client()
    sign_up(client, "new@example.com", "mira", display_name="Mira")
    make_player(handle="Mira")

    page = confirm(client, mail.outbox[0])

    assert page.redirect_chain[-1] == ("/account/profile/", 302)
    refused = client.post("/account/profile/", {"handle": "MIRA", "region": "EU"})
    assert (refused.status_code, Player.objects.count()) == (422, 1)
    assert "Someone has this handle, gave it up" in refused.content.decode()
    chosen = client.post("/account/profile/", {"handle": "mira2", "region": "EU"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/players/mira2/")
    assert client.get("/account/profile/")["Location"] == "/players/mira2/"
    assert Player.objects.get(account__email="new@example.com").handle == "mira2"


def test_two_who_sign_up_with_one_address_at_once_are_answered_alike(monkeypatch: Any) -> None:
    make_account(email="new@example.com")
    monkeypatch.setattr(
        "allauth.account.internal.flows.manage_email.email_already_exists", lambda email, **_: (email, False)
    )

    answer = sign_up(Client(), "new@example.com", "newcomer")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    assert Account.objects.count() == 1


@pytest.mark.parametrize("email", ["known@example.com", "nobody@example.com"])
def test_a_reset_reveals_to_nobody_who_has_an_account(email: str) -> None:
    make_account(email="known@example.com", password=PASSWORD)
    client = Client()

    answer = client.post("/accounts/password/reset/", {"email": email})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")
    assert [message.to for message in mail.outbox] == [[email]]
    assert sorted(client.cookies) == []


def test_log_in_and_reset_speak_as_the_pages_do() -> None:
    make_account(email="known@example.com", password=PASSWORD)
    client = Client()

    client.post("/accounts/password/reset/", {"email": "known@example.com"})
    page = client.post("/accounts/login/", {"login": "known@example.com", "password": PASSWORD}, follow=True)

    assert mail.outbox[0].subject == "Laurel: Reset your password"
    assert "Logged in as known@example.com." in page.content.decode()


def test_each_email_says_what_was_done_where_and_what_to_do() -> None:
    make_account(email="known@example.com", password=PASSWORD)

    for handle, email in (("mira", "known@example.com"), ("wren", "new@example.com")):
        sign_up(Client(), email, handle)
        Client().post("/accounts/password/reset/", {"email": f"{email}.au"})
        Client().post("/accounts/password/reset/", {"email": email})

    assert sorted({message.subject for message in mail.outbox}) == [
        "Laurel: Confirm your email address",
        "Laurel: No account with this email address",
        "Laurel: Reset your password",
        "Laurel: You already have an account",
    ]
    for message in mail.outbox:
        text = str(message.body)
        assert text.startswith("Hello,\n\n")
        assert "http://testserver/accounts/" in text
        assert "you can ignore this email." in text
        assert "Thank you for using" not in text


# Whether emails leave this machine, whether pages may say where they are, and who reads the page.
OUTBOXES = {
    "sent": (True, False, "127.0.0.1"),
    "saved": (False, False, "127.0.0.1"),
    "saved, by a stranger of a demo": (False, True, "192.0.2.7"),
    "saved, on one's own machine": (False, True, "127.0.0.1"),
}


@pytest.fixture(params=OUTBOXES)
def outbox(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> tuple[bool, bool, str]:
    """Return whether emails are sent, whether the visitor may know where they are saved, and the visitor's address."""
    is_sent, settings.SHOW_MAIL_FOLDER, address = OUTBOXES[request.param]
    settings.MAIL_FOLDER = str(tmp_path / "laurels-mail")
    if not is_sent:
        settings.EMAIL_BACKEND = "apps.core.operations.mail_folder.MailFolder"
    return is_sent, settings.SHOW_MAIL_FOLDER and address == "127.0.0.1", address


@pytest.mark.parametrize("path", ["/accounts/confirm-email/", "/accounts/password/reset/done/"])
def test_pages_say_one_true_thing_of_emails(path: str, outbox: tuple[bool, bool, str]) -> None:
    is_sent, is_shown, address = outbox

    page = Client(REMOTE_ADDR=address).get(path).content.decode()

    words = ("Check your inbox</h1>", "have sent", "Open the newest email</h1>", "laurels-mail", "ask whoever runs")
    said = [text.lower() in page.lower() for text in words]
    assert said == [is_sent, is_sent, is_shown, is_shown, not is_sent and not is_shown]
    assert ("does not send email" in page) is not is_sent


def test_signing_up_claims_no_email_that_was_only_saved(outbox: tuple[bool, bool, str]) -> None:
    is_sent, _, address = outbox
    client = Client(REMOTE_ADDR=address)
    sign_up(client, "new@example.com", "newcomer")

    page = client.get("/accounts/confirm-email/").content.decode()

    assert ("sent to new@example.com." in page) is is_sent
    assert ("The email for new@example.com is saved." in page) is not is_sent
