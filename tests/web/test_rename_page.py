"""The page on which players change their name and handle."""

import pytest
from django.test import Client

from apps.players.models import Player, Rename
from tests.factories import make_account, make_player

pytestmark = pytest.mark.django_db


@pytest.fixture
def mira(client: Client) -> Player:
    player = make_player(handle="mira", display_name="Mira", account=make_account())
    client.force_login(player.account)  # type: ignore[arg-type]
    return player


def test_a_new_name_and_handle_lead_to_the_profile(client: Client, mira: Player) -> None:
    page = client.post("/account/name/", {"handle": "beacon", "display_name": " Zoe\u0308 "}, follow=True)

    assert page.redirect_chain == [("/players/beacon/", 302)]
    mira.refresh_from_db()
    assert (mira.handle, mira.display_name) == ("beacon", "Zo\u00eb")
    assert "Saved." in page.content.decode()


def test_the_page_shows_both_names_and_former_handles(client: Client, mira: Player) -> None:
    first = client.get("/account/name/").content.decode()
    client.post("/account/name/", {"handle": "beacon", "display_name": "Mira"})
    second = client.get("/account/name/").content.decode()

    assert 'value="mira"' in first
    assert 'value="Mira"' in first
    assert "Former handles" not in first
    assert "Former handles" in second
    assert 'href="/players/mira/"' in second
    assert "private" in client.get("/account/name/")["Cache-Control"]


@pytest.mark.parametrize(
    ("handle", "name", "said"),
    [
        ("al1ce", "Mira", "Choose another."),
        ("admin", "Mira", "reserved"),
        ("a b", "Mira", "Use 3 to 24 letters"),
        ("mira", "M\u202eira", "turn the direction"),
        ("mira", "a" * 41, "at most 40 characters"),
    ],
)
def test_a_refused_name_is_explained_at_its_field(
    client: Client, mira: Player, alice: Player, handle: str, name: str, said: str
) -> None:
    page = client.post("/account/name/", {"handle": handle, "display_name": name})

    assert page.status_code == 422
    assert said in page.content.decode()
    mira.refresh_from_db()
    assert (mira.handle, mira.display_name, Rename.objects.count()) == ("mira", "Mira", 0)


def test_the_limit_is_explained_on_the_page(client: Client, mira: Player) -> None:
    for word in ("one", "two", "six"):
        client.post("/account/name/", {"handle": f"mira-{word}", "display_name": "Mira"})

    page = client.post("/account/name/", {"handle": "mira-ten", "display_name": "Mira"})

    assert (page.status_code, page["Retry-After"]) == (429, str(30 * 24 * 3600))
    assert "three times in 30 days, and a name ten times a day. Try again in 30 days." in page.content.decode()
    mira.refresh_from_db()
    assert mira.handle == "mira-six"


def test_an_account_without_a_player_creates_one_first(client: Client) -> None:
    client.force_login(make_account())

    assert client.get("/account/name/").headers["Location"] == "/account/profile/"


def test_strangers_log_in_first(client: Client) -> None:
    assert client.get("/account/name/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("handle", ["al1ce", "support"])
def test_sign_up_refuses_look_alikes_and_reserved_handles(client: Client, alice: Player, handle: str) -> None:
    form = {"email": "new@example.com", "handle": handle, "region": "EU", "password1": "a long pass phrase"}

    page = client.post("/accounts/signup/", form)

    assert page.status_code == 200
    assert "Choose another." in page.content.decode()
