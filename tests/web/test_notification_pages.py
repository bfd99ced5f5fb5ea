"""The pages of one's notifications: reading, marking, choosing, and turning mail off."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from apps.games.models import Game
from apps.notifications import delivery, preferences
from apps.notifications.inbox.queries import read_mark_of
from apps.notifications.kinds import KINDS
from apps.notifications.kinds.base import Note
from apps.notifications.mail.unsubscribe import token_of
from apps.notifications.models import Notification, Preference
from apps.players.models import Account, Player
from apps.web.time_zones import ZoneForm
from tests.factories import make_account, make_achievement, make_player
from tests.notifications.test_grouped import deliver_unlocks

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
MIRA = {"id": "01a20ad2-0000-72cd-813a-f74946f8058f", "handle": "mira", "display_name": "Mira", "avatar_url": None}
CHOICES = "/account/notifications/"


@pytest.fixture
def browser(alice: Player) -> Client:
    """Alice's."""
    alice.account = make_account()
    alice.save()
    client = Client()
    client.force_login(alice.account)
    return client


def follow(player: Player, name: str) -> None:
    delivery.deliver([Note(player.id, "new_follower", MOMENT, {"player": {**MIRA, "display_name": name}})])


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def test_the_inbox_is_read_by_days_where_its_player_lives(browser: Client, alice: Player, time_machine: Any) -> None:
    Player.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    # 07:30 of the 26th in Tokyo, the 25th elsewhere.
    for name, moment in (
        ("Old", MOMENT - timedelta(days=400)),
        ("Before", MOMENT - timedelta(days=1)),
        ("Now", MOMENT),
    ):
        time_machine.move_to(moment, tick=False)
        follow(alice, name)
    Notification.objects.filter(player=alice, seq=2).update(created_at=datetime(2026, 11, 25, 14, 59, tzinfo=UTC))

    page = text_of(browser.get("/notifications/"))

    marks = ["Today", "Now follows you", "Yesterday", "Before follows you", "22 October 2025", "Old follows you"]
    assert [page.index(f">{mark}<") for mark in marks] == sorted(page.index(f">{mark}<") for mark in marks)
    assert 'href="/players/mira/"' in page
    assert "3 unread" in page


def test_the_inbox_goes_on_where_a_page_ended(browser: Client, alice: Player) -> None:
    for number in range(60):
        follow(alice, f"Number {number}")

    first = text_of(browser.get("/notifications/"))
    second = text_of(browser.get("/notifications/?below=11"))

    assert "?below=11" in first
    assert [number for number in range(60) if f">Number {number} follows" in first] == list(range(10, 60))
    assert [number for number in range(60) if f">Number {number} follows" in second] == list(range(10))
    assert "Mark all as read" not in second
    assert "No older notifications" in text_of(browser.get("/notifications/?below=1"))
    for odd in ("x", "-1", "9" * 30, "\u0661"):
        assert text_of(browser.get("/notifications/", {"below": odd}))


def test_marking_reads_what_was_shown_and_nothing_that_came_since(browser: Client, alice: Player) -> None:
    follow(alice, "Shown")
    page = text_of(browser.get("/notifications/"))
    follow(alice, "Since")
    assert 'name="up_to_seq" value="1"' in page

    after = browser.post("/notifications/read/", {"up_to_seq": "1"}, follow=True)

    assert after.redirect_chain == [("/notifications/", 302)]
    assert (read_mark_of(alice.id).read_seq, read_mark_of(alice.id).last_seq) == (1, 2)
    assert text_of(after).count(">Unread<") == 1
    for odd in ("", "x", "9" * 40):
        assert browser.post("/notifications/read/", {"up_to_seq": odd}).status_code == 302
    assert read_mark_of(alice.id).read_seq == 1


def test_marking_needs_the_pages_own_form(alice: Player) -> None:
    alice.account = make_account()
    alice.save()
    follow(alice, "Mira")
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.account)

    assert client.post("/notifications/read/", {"up_to_seq": "1"}).status_code == 403
    assert read_mark_of(alice.id).read_seq == 0


def test_names_that_mean_harm_stay_names(browser: Client, alice: Player) -> None:
    follow(alice, "<script>alert(1)</script>")

    page = text_of(browser.get("/notifications/"))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; follows you" in page


def test_the_bell_counts_on_every_page_for_one_query(
    browser: Client, alice: Player, django_assert_num_queries: Any
) -> None:
    for number in range(120):
        follow(alice, f"Number {number}")

    with CaptureQueriesContext(connection) as queries:
        page = text_of(browser.get("/docs/errors/"))

    assert 'data-bell="120"' in page
    assert "<span data-bell-count>99+</span>" in page
    assert len([query for query in queries if " inbox " in query["sql"]]) == 1
    with CaptureQueriesContext(connection) as queries:
        assert "data-bell" not in text_of(Client().get("/docs/errors/"))
    assert not queries.captured_queries


def test_an_inbox_costs_the_same_for_one_as_for_many(
    browser: Client, alice: Player, django_assert_num_queries: Any
) -> None:
    follow(alice, "One")
    browser.get("/notifications/")
    with CaptureQueriesContext(connection) as for_one:
        browser.get("/notifications/")
    for number in range(80):
        follow(alice, f"Number {number}")

    with django_assert_num_queries(len(for_one)):
        browser.get("/notifications/")


def test_a_grouped_one_opens_to_all_it_stands_for(browser: Client, alice: Player, bob: Player, game: Game) -> None:
    secret = make_achievement(game, name="The Butler", is_hidden=True)
    earned = [(bob, make_achievement(game, name=f"Lamp {number:02}")) for number in range(60)]
    seq = deliver_unlocks(alice, (bob, secret), *earned)

    inbox = text_of(browser.get("/notifications/"))
    first = text_of(browser.get(f"/notifications/{seq}/"))
    second = text_of(browser.get(f"/notifications/{seq}/?page=2"))

    assert f'href="/notifications/{seq}/"' in inbox
    assert [number for number in range(60) if f">Lamp {number:02}<" in first] == list(range(49))
    assert [number for number in range(60) if f">Lamp {number:02}<" in second] == list(range(49, 60))
    assert "The Butler" not in first
    assert "Hidden achievement" in first
    assert "page 2 of 2" in second
    assert "page 2 of 2" in text_of(browser.get(f"/notifications/{seq}/?page=99"))


def test_a_grouped_one_whose_players_hide_says_so(browser: Client, alice: Player, bob: Player, game: Game) -> None:
    seq = deliver_unlocks(alice, (bob, make_achievement(game, name="Lamp")), (bob, make_achievement(game)))
    Player.objects.filter(pk=bob.pk).update(visibility="private")

    page = text_of(browser.get(f"/notifications/{seq}/"))

    assert "Nothing to show" in page
    assert ">Lamp<" not in page


def test_any_other_leads_to_what_it_is_about_and_nobody_elses_opens(
    browser: Client, alice: Player, bob: Player
) -> None:
    follow(alice, "Mira")
    follow(bob, "Mira")
    follow(bob, "Mira")

    assert browser.get("/notifications/1/").url == "/players/mira/"  # type: ignore[attr-defined]
    for number in (2, 77, 10**30):
        assert browser.get(f"/notifications/{number}/").status_code == 404


def test_choices_are_shown_and_saved(browser: Client, alice: Player) -> None:
    page = text_of(browser.get(CHOICES))
    assert all(escape(str(kind.label)) in page for kind in KINDS.values())
    assert all(f'name="{kind.key}.{road}"' in page for kind in KINDS.values() for road in kind.roads)
    assert "needs a confirmed address" in page

    after = browser.post(
        CHOICES,
        {"own_unlock.email": "digest", "friend_unlock.inbox": "digest", "new_follower.inbox": "all", "x.y": "z"},
        follow=True,
    )

    assert "Saved." in text_of(after)
    assert after.redirect_chain == [(CHOICES, 302)]
    assert set(Preference.objects.values_list("player_id", "kind", "road", "choice")) == {
        (alice.id, "own_unlock", "email", "digest"),
        (alice.id, "friend_unlock", "inbox", "digest"),
    }
    select = text_of(after).partition('id="friend_unlock.inbox"')[2].partition("</select>")[0]
    assert '<option value="digest" selected>Grouped</option>' in select


def test_an_unknown_choice_is_reported_and_changes_nothing(browser: Client) -> None:
    page = browser.post(CHOICES, {"own_unlock.email": "all", "new_follower.email": "none"})

    assert "nothing was changed" in text_of(page, 422)
    assert not Preference.objects.exists()


def test_the_page_of_choices_says_where_the_mail_goes(browser: Client, alice: Player) -> None:
    EmailAddress.objects.create(user=alice.account, email="alice@example.com", primary=True, verified=True)
    Player.objects.filter(pk=alice.pk).update(time_zone="America/New_York")

    page = text_of(browser.get(CHOICES))

    assert "goes to alice@example.com at 18:00 New York time" in page


def test_the_clock_is_set_beside_the_choices(browser: Client, alice: Player) -> None:
    page = text_of(browser.post(CHOICES, {"time_zone": "Asia/Tokyo", "own_unlock.email": "digest"}, follow=True))

    alice.refresh_from_db()
    assert alice.time_zone == "Asia/Tokyo"
    assert '<option value="Asia/Tokyo" selected>Tokyo</option>' in page
    assert Preference.objects.count() == 1


def test_an_unknown_time_zone_is_reported_and_changes_nothing(browser: Client, alice: Player) -> None:
    page = text_of(browser.post(CHOICES, {"time_zone": "Mars/Olympus", "own_unlock.email": "digest"}), 422)

    alice.refresh_from_db()
    assert "Unknown time zone. Nothing was changed." in page
    assert alice.time_zone == "UTC"
    assert not Preference.objects.exists()


def test_an_older_name_of_a_clock_may_stay(browser: Client, alice: Player) -> None:
    Player.objects.filter(pk=alice.pk).update(time_zone="US/Pacific")

    page = text_of(browser.get(CHOICES))
    after = browser.post(CHOICES, {"time_zone": "US/Pacific", "own_unlock.email": "digest"})

    alice.refresh_from_db()
    assert '<option value="US/Pacific" selected>US/Pacific</option>' in page
    assert after.status_code == 302
    assert alice.time_zone == "US/Pacific"


def test_who_plays_nothing_is_shown_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(make_account())

    for path in ("/notifications/", CHOICES):
        page = text_of(client.get(path))
        assert "No player profile yet" in page
        assert "/account/link/" in page
    assert client.post(CHOICES, {"own_unlock.email": "digest"}).status_code == 200
    assert client.post("/notifications/read/", {"up_to_seq": "1"}).status_code == 302
    assert client.get("/notifications/1/").status_code == 404


def test_an_empty_inbox_says_what_goes_there(browser: Client) -> None:
    page = text_of(browser.get("/notifications/"))

    assert "No notifications yet" in page
    assert "Browse games" in page
    assert "Mark all as read" not in page


def test_strangers_log_in_first(client: Client) -> None:
    for path in ("/notifications/", "/notifications/1/", CHOICES):
        assert client.get(path).url == f"/accounts/login/?next={path}"  # type: ignore[attr-defined]
    assert client.post("/notifications/read/").url.startswith("/accounts/login/")  # type: ignore[attr-defined]


@pytest.fixture
def stranger() -> Client:
    """Whoever a mailbox sends: without a session, and with no form of ours."""
    return Client(enforce_csrf_checks=True)


def test_mail_is_turned_off_by_one_post_without_logging_in(stranger: Client, alice: Player, bob: Player) -> None:
    preferences.choose(player_id=alice.id, choices=[{"kind": "own_unlock", "road": "email", "choice": "digest"}])
    link = f"/notifications/mail-off/{token_of(alice.id)}/"

    # As RFC 8058 has it, and again, as nobody knows whether the first one arrived.
    for _ in range(2):
        answer = stranger.post(link, {"List-Unsubscribe": "One-Click"})
        assert "The daily email is off" in text_of(answer)

    assert preferences.mailed_kinds([alice.id, bob.id])[alice.id] == set()
    assert preferences.mailed_kinds([bob.id])[bob.id] != set()
    assert set(preferences.preferences_of(alice.id).values()) >= {"all"}


def test_opening_the_link_only_shows_a_confirmation(stranger: Client, alice: Player) -> None:
    link = f"/notifications/mail-off/{token_of(alice.id)}/"

    page = text_of(stranger.get(link))
    stranger.head(link)

    assert page.count('method="post"') == 1
    assert "Turn off the daily email" in page
    assert not Preference.objects.exists()
    assert "no-store" in stranger.get(link).headers["Cache-Control"]


def test_a_link_that_is_not_ours_turns_nothing_off(stranger: Client, alice: Player) -> None:
    other = make_player()
    forged = token_of(other.id).replace(other.id.hex, alice.id.hex)

    for token in (forged, alice.id.hex, "x", f"{alice.id.hex}~"):
        for method in (stranger.get, stranger.post):
            assert method(f"/notifications/mail-off/{token}/").status_code == 404

    assert not Preference.objects.exists()


def test_the_link_of_who_was_erased_does_no_harm(stranger: Client) -> None:
    player = make_player()
    link = f"/notifications/mail-off/{token_of(player.id)}/"
    player.delete()

    assert stranger.post(link).status_code == 200
    assert not Preference.objects.exists()


def test_choices_after_turning_off_are_off_until_chosen(browser: Client, alice: Player) -> None:
    preferences.turn_mail_off(player_id=alice.id)
    off = text_of(browser.get(CHOICES)).partition('id="new_follower.email"')[2].partition("</select>")[0]

    browser.post(CHOICES, {"new_follower.email": "digest", "friend_unlock.email": "none"})

    assert '<option value="none" selected>Off</option>' in off
    assert preferences.mailed_kinds([alice.id]) == {alice.id: {"new_follower"}}


TABS = re.compile(r'<nav class="tabs account-tabs".*?</nav>', re.DOTALL)
TAB = re.compile(r'<a href="([^"]+)" (aria-current="page")?>')


def test_every_page_of_the_account_is_the_current_one_of_its_tabs(browser: Client) -> None:
    # The password's page is for accounts that have one.
    account = Account.objects.get()
    account.set_password("correct horse battery")
    account.save()
    browser.force_login(account)
    [tabs] = TABS.findall(text_of(browser.get("/account/tokens/")))

    found = {path: TAB.findall(*TABS.findall(text_of(browser.get(path)))) for path, _ in TAB.findall(tabs)}

    assert list(found) == [
        "/accounts/email/",
        "/accounts/password/change/",
        "/account/name/",
        "/account/link/",
        "/account/tokens/",
        "/account/notifications/",
    ]
    assert {path: [tab for tab, current in entries if current] for path, entries in found.items()} == {
        path: [path] for path in found
    }


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Calcutta"])
def test_zones_rendered_once_are_what_djangos_select_renders(alice: Player, zone: str) -> None:
    alice.time_zone = zone
    form = ZoneForm(alice)

    ours = str(form["time_zone"])
    form.fields["time_zone"].widget.__class__ = forms.Select

    assert ours == str(form["time_zone"])
    assert (ours.count(" selected"), ours.count("<option") > 300) == (1, True)
