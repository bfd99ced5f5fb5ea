"""Pages of sets."""

import html
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.games.actions import amend_achievement
from apps.games.models import Achievement, AchievementSet, Game
from tests.factories import make_achievement, make_set
from tests.portal.conftest import text_of

pytestmark = pytest.mark.django_db

GAME = "/portal/games/tide/"
NEW = f"{GAME}sets/new/"
WINTER = {"title": "Winter", "kind": "event", "opens_at": "2026-12-01T00:00", "closes_at": "2026-12-24T12:30"}


def sets_of(game: Game) -> list[tuple[str, str, str]]:
    rows = AchievementSet.objects.filter(game=game).order_by("position", "id")
    return list(rows.values_list("key", "title", "kind"))


BASE = ("base", "Base game", "base")


def test_a_set_is_made_ordered_retired_and_deleted(browser: Client, tide: Game) -> None:
    made = browser.post(NEW, WINTER)
    browser.post(NEW, {"title": "The Frozen North", "kind": "dlc"})
    event, dlc = AchievementSet.objects.get(key="winter"), AchievementSet.objects.get(key="the-frozen-north")
    opens_at, closes_at = event.opens_at, event.closes_at
    browser.post(f"{GAME}sets/{dlc.id}/move/", {"direction": "up"})
    browser.post(f"{GAME}sets/{event.id}/", {"title": "Last winter", "key": "winter", "kind": "retired"})
    ordered = sets_of(tide)
    browser.post(f"{GAME}sets/{dlc.id}/delete/")

    assert (made.status_code, made["Location"]) == (302, f"{GAME}#sets")
    assert (opens_at, closes_at) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 24, 12, 30, tzinfo=UTC))
    assert ordered == [BASE, ("the-frozen-north", "The Frozen North", "dlc"), ("winter", "Last winter", "retired")]
    assert sets_of(tide) == [BASE, ("winter", "Last winter", "retired")]


def test_each_page_shows_the_budget_of_the_set_it_is_about(browser: Client, tide: Game) -> None:
    dlc = make_set(tide, key="north", title="North & South")
    base, moved = [make_achievement(tide, points=points) for points in (400, 120)]
    amend_achievement(achievement=base, changes={"points": 395})
    amend_achievement(achievement=moved, changes={"set": "north"})
    draft = make_achievement(tide, achievement_set=dlc, points=30, state="draft")

    pages = [
        " ".join(text_of(browser.get(f"{GAME}{rest}")).split())
        for rest in ("", "achievements/new/", *(f"achievements/{item.id}/" for item in (base, moved, draft)))
    ]
    shelf = text_of(browser.get("/portal/"))

    left = '<b class="numeral">{}</b> of 1,000 points used<span class="quiet">, {} left</span>'
    of_base = f"<bdi>Base game</bdi>: {left.format(395, 605)}"
    of_north = f"<bdi>North &amp; South</bdi>: {left.format(150, 850)}"
    assert [(of_base in page, of_north in page) for page in pages] == [(True, False)] * 3 + [(False, True)] * 2
    assert "395 of 1,000" in shelf


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"closes_at": ""}, "Say when the event opens and closes."),
        ({"closes_at": "2026-11-01T00:00"}, "An event closes after it opens."),
        ({"key": "base"}, "Another set of this game has this key."),
        ({"title": "Зима"}, "No key can be made from this title."),
        ({"kind": "base"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    browser: Client, tide: Game, changes: dict[str, Any], said: str
) -> None:
    page = browser.post(NEW, {**WINTER, **changes})

    assert page.status_code == 422
    assert said in text_of(page)
    assert sets_of(tide) == [BASE]


def test_the_base_set_is_renamed_and_stays_the_base_set(browser: Client, tide: Game) -> None:
    base = AchievementSet.objects.get(game=tide)

    browser.post(f"{GAME}sets/{base.id}/", {"title": "Main story", "key": "other", "kind": "dlc"})
    page = text_of(browser.get(f"{GAME}sets/{base.id}/"))
    refused = browser.post(f"{GAME}sets/{base.id}/delete/", follow=True)

    assert sets_of(tide) == [("base", "Main story", "base")]
    assert "never the base set" in text_of(refused)
    assert "The base set can't be deleted" in html.unescape(page)
    assert "Delete this set" not in page


@pytest.mark.parametrize("place", ["achievement", "draft"])
def test_a_set_in_use_says_why_it_stays_and_an_empty_one_can_be_deleted(
    browser: Client, tide: Game, place: str
) -> None:
    dlc = make_set(tide, key="north", title="North")
    achievement = make_achievement(tide)
    empty = text_of(browser.get(f"{GAME}sets/{dlc.id}/"))
    if place == "draft":
        amend_achievement(achievement=achievement, changes={"set": "north"})
    else:
        make_achievement(tide, state="archived", achievement_set=dlc)

    page = text_of(browser.get(f"{GAME}sets/{dlc.id}/"))

    assert "Delete this set" in empty
    assert "Delete this set" not in page
    assert "while it has achievements" not in empty
    assert "while it has achievements" in page


def test_only_a_set_that_exists_says_what_changing_it_takes(browser: Client, tide: Game) -> None:
    dlc = make_set(tide, key="north", title="North")

    pages = [text_of(browser.get(path)) for path in (NEW, f"{GAME}sets/{dlc.id}/")]

    assert ["Changing a set takes no achievement" in page for page in pages] == [False, True]
    assert "Delete this set" not in pages[0]


def test_an_achievement_moves_by_its_form_and_stays_in_its_set_otherwise(browser: Client, tide: Game) -> None:
    dlc = make_set(tide, key="north", title="North")
    achievement = make_achievement(tide, state="draft")
    form = {"name": "Ice", "key": achievement.key, "points": "10", "kind": "one_shot", "setter": "server"}
    path = f"{GAME}achievements/{achievement.id}/"

    browser.post(path, {**form, "set": "north"})
    moved = Achievement.objects.get().achievement_set
    page = text_of(browser.get(GAME))
    browser.post(path, {**form, "name": "Thick ice"})

    assert moved == dlc
    assert '<span class="badge badge--info"><bdi>North</bdi></span>' in page
    assert Achievement.objects.get().achievement_set == dlc
