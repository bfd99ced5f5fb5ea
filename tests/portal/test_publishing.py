"""Pages that show drafts beside what is live, publish them now or later, and give earlier versions back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.games.actions import amend_achievement, edit_achievement
from apps.games.actions.scheduling import publish_due
from apps.games.definitions.content import definition_of
from apps.games.models import Achievement, AchievementDraft, Game, HistoryEntry, ScheduledPublication
from apps.players.models import Account
from tests.factories import make_achievement, make_player
from tests.portal.conftest import text_of
from tests.portal.test_achievements import FIELDS, address

pytestmark = pytest.mark.django_db

CHANGES = "/portal/games/tide/changes/"


@pytest.fixture
def first_light(tide: Game) -> Achievement:
    return make_achievement(tide, key="ACH_FIRST_LIGHT", name="First light", points=10)


def tag_in(page: str) -> str:
    return page.split('name="expected" value="', 1)[1].split('"', 1)[0].replace("&quot;", '"')


def test_the_editor_saves_a_draft_and_shows_it_beside_what_is_live(
    browser: Client, tide: Game, first_light: Achievement
) -> None:
    before = text_of(browser.get(address(first_light)))
    saved = browser.post(
        address(first_light), {**FIELDS, "name": "Dawn", "points": "15", "expected": tag_in(before)}, follow=True
    )

    page = text_of(saved)
    assert "aren't live yet" not in before
    assert "Draft saved. Players see it once you publish it." in page
    assert "2 changes aren" in page
    assert "<td><bdi>First light</bdi></td>" in " ".join(page.split()).replace("> <", "><")
    first_light.refresh_from_db()
    assert (first_light.name, first_light.draft.name) == ("First light", "Dawn")
    assert "1 achievement has changes that aren" in text_of(browser.get("/portal/games/tide/"))


def test_an_edit_of_what_someone_changed_meanwhile_is_refused_at_its_form(
    browser: Client, first_light: Achievement
) -> None:
    tag = tag_in(text_of(browser.get(address(first_light))))
    amend_achievement(achievement=first_light, changes={"name": "Someone's"})

    response = browser.post(address(first_light), {**FIELDS, "name": "Mine", "expected": tag})

    assert response.status_code == 422
    assert "Someone changed this since you read it." in text_of(response)
    assert AchievementDraft.objects.get().name == "Someone's"


def test_a_draft_is_published_or_discarded_where_it_is_edited(browser: Client, first_light: Achievement) -> None:
    amend_achievement(achievement=first_light, changes={"name": "Dawn"})
    tag = tag_in(text_of(browser.get(address(first_light))))
    published = browser.post(address(first_light, "publish/"), {"expected": tag})
    amend_achievement(achievement=first_light, changes={"name": "Dusk"})
    stale = text_of(browser.post(address(first_light, "discard/"), {"expected": tag}, follow=True))
    draft_count = AchievementDraft.objects.count()
    tag = tag_in(text_of(browser.get(address(first_light))))
    discarded = text_of(browser.post(address(first_light, "discard/"), {"expected": tag}, follow=True))

    assert published["Location"] == address(first_light)
    assert "Someone changed this since you read it." in stale
    assert "The draft of Dawn was discarded. Players see no change." in discarded
    assert (draft_count, AchievementDraft.objects.count(), Achievement.objects.get().name) == (1, 0, "Dawn")


def test_a_draft_whose_points_others_have_taken_says_why_it_stays(
    browser: Client, tide: Game, first_light: Achievement
) -> None:
    amend_achievement(achievement=first_light, changes={"points": 0})
    make_achievement(tide, points=995)

    page = text_of(browser.post(address(first_light, "discard/"), follow=True))

    assert (
        "The budget of the set &quot;Base game&quot; is 1,000 points and 5 of them are left, so 10 do not fit." in page
    )
    assert AchievementDraft.objects.get().points == 0


def test_a_time_to_publish_is_the_members_own(
    browser: Client, owner: Account, first_light: Achievement, time_machine: Any
) -> None:
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
    make_player(account=owner, time_zone="Europe/Berlin")
    amend_achievement(achievement=first_light, changes={"name": "Dawn"})
    tag = tag_in(text_of(browser.get(address(first_light))))

    past = browser.post(address(first_light, "schedule/"), {"expected": tag, "publish_at": "2026-11-25T12:30"})
    done = browser.post(
        address(first_light, "schedule/"), {"expected": tag, "publish_at": "2026-11-25T15:00"}, follow=True
    )

    assert past.status_code == 422
    assert "Choose a time from now on, within a year." in text_of(past)
    assert "First light</bdi> will be published on 25 Nov 2026, 15:00 Berlin time" in text_of(done)
    assert ScheduledPublication.objects.get().due_at == datetime(2026, 11, 25, 14, tzinfo=UTC)
    assert HistoryEntry.objects.order_by("-id")[0].by == f"account:{owner.id}"


def test_all_changes_are_reviewed_and_published_as_they_were_shown(
    browser: Client, tide: Game, first_light: Achievement
) -> None:
    make_achievement(tide, name="New one", state="draft")
    amend_achievement(achievement=first_light, changes={"points": 20})
    shown = text_of(browser.get(CHANGES))
    amend_achievement(achievement=first_light, changes={"points": 30})

    stale = text_of(browser.post(CHANGES, {"expected": tag_in(shown)}, follow=True))
    done = text_of(browser.post(CHANGES, {"expected": tag_in(stale)}, follow=True))

    assert "Points:" in shown
    assert "<del>10</del> <ins>20</ins>" in shown
    assert "Someone changed this since you read it." in stale
    assert "All changes are published." in done
    assert "Everything is live" in done
    assert list(Achievement.objects.order_by("points").values_list("points", "state")) == [
        (10, "published"),
        (30, "published"),
    ]


def test_a_publication_that_is_late_says_that_it_has_not_been_yet(
    browser: Client, tide: Game, time_machine: Any
) -> None:
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
    draft = make_achievement(tide, name="New light", state="draft")
    browser.post(address(draft, "schedule/"), {"publish_at": "2026-11-25T14:00"})
    time_machine.move_to(datetime(2026, 11, 25, 14, 0, 59, tzinfo=UTC), tick=False)

    in_time = text_of(browser.get(CHANGES))
    time_machine.move_to(datetime(2026, 11, 25, 14, 1, tzinfo=UTC), tick=False)
    late = text_of(browser.get(CHANGES))

    assert "New light</bdi> will be published on 25 Nov 2026, 14:00 UTC, as it is drafted then." in in_time
    assert "New light</bdi> was to be published on 25 Nov 2026, 14:00 UTC and has not been yet." in late
    assert "will be published" not in late
    assert "Cancel publication</button>" in late


def test_a_refused_publication_says_why_until_it_is_dismissed(browser: Client, tide: Game, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
    shelved = make_achievement(tide, name="Old light", points=600, state="archived")
    browser.post(address(shelved, "schedule/"), {"publish_at": "2026-11-25T14:00"})
    make_achievement(tide, points=500)
    time_machine.move_to(datetime(2026, 11, 25, 14, tzinfo=UTC), tick=False)
    publish_due.work()

    pages = [text_of(browser.get(path)) for path in (CHANGES, address(shelved))]
    table = text_of(browser.get("/portal/games/tide/"))
    publication = ScheduledPublication.objects.get()
    browser.post(f"/portal/games/tide/publications/{publication.id}/cancel/", {"next": address(shelved)})

    assert [[words in page for words in ("Dismiss</button>", "Cancel publication</button>")] for page in pages] == [
        [True, False],
        [True, False],
    ]
    why = "The set &quot;Base game&quot; would have 1,100 points in all; its budget is 1,000."
    assert [f"was to be published on 25 Nov 2026, 14:00 UTC and was not: {why}" in page for page in pages] == [
        True,
        True,
    ]
    assert "Not published" in table
    assert why not in text_of(browser.get(CHANGES))


def test_a_publication_is_cancelled_and_leads_nowhere_else(browser: Client, tide: Game, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
    make_achievement(tide, state="draft")
    browser.post(f"{CHANGES}schedule/", {"publish_at": "2026-11-26T00:00"})
    publication = ScheduledPublication.objects.get()
    page = text_of(browser.get(CHANGES))

    response = browser.post(
        f"/portal/games/tide/publications/{publication.id}/cancel/", {"next": "https://elsewhere.example/"}
    )

    assert page.count("Cancel publication</button>") == 1
    assert "Dismiss</button>" not in page
    assert response["Location"] == CHANGES
    assert ScheduledPublication.objects.count() == 0


def test_the_history_names_who_did_what_and_gives_a_version_back(
    browser: Client, owner: Account, first_light: Achievement
) -> None:
    browser.post(address(first_light), {**FIELDS, "name": "Dawn"})
    browser.post(address(first_light, "publish/"))

    page = text_of(browser.get(address(first_light, "history/")))
    first = HistoryEntry.objects.order_by("id")[0]
    restored = browser.post(address(first_light, f"history/{first.id}/restore/"), follow=True)

    assert page.count("Restore into the draft") == 2
    assert "<del>First light</del> <ins>Dawn</ins>" in page
    assert f"by <bdi>{owner.email}</bdi>" in page
    assert "The earlier version is the draft now." in text_of(restored)
    assert AchievementDraft.objects.get().name == "First light"
    assert "Earlier version restored" in text_of(browser.get(f"{CHANGES}history/"))


def test_a_long_history_has_pages(browser: Client, first_light: Achievement) -> None:
    for number in range(31):
        edit_achievement(achievement=first_light, definition=definition_of(first_light), icon=f"{number}.png")

    first = text_of(browser.get(address(first_light, "history/")))
    older = first.split('href="?before=', 1)[1].split('"', 1)[0]
    second = text_of(browser.get(f"{address(first_light, 'history/')}?before={older}"))

    assert (first.count("portal-history__head"), second.count("portal-history__head")) == (30, 2)
    assert "?before=" not in second
    assert "History begins" in second
