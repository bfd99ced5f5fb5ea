"""Importing in the portal: a file, its preview, and the button that applies it."""

import html
import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.clock import now
from apps.games.models import Achievement, AchievementSet, Game
from tests.factories import make_achievement, make_game
from tests.portal.conftest import text_of
from tests.tools.load.real_achievements import ABSENT, converted, find_definitions

pytestmark = pytest.mark.django_db

IMPORT, APPLY = "/portal/games/tide/import/", "/portal/games/tide/import/apply/"
FIRST = {"key": "ACH_FIRST", "name": "First", "points": 10}


def send(browser: Client, *achievements: Any, **fields: Any) -> Any:
    body = {"format": "laurel.achievements", "version": 1, "achievements": list(achievements)}
    return browser.post(IMPORT, {"file": SimpleUploadedFile("tide.json", orjson.dumps(body)), **fields})


def preview_in(page: str) -> str:
    (preview,) = re.findall(r'name="preview" value="([^"]+)"', page)
    return html.unescape(str(preview))


def everything() -> list[dict[str, Any]]:
    return list(Achievement.objects.order_by("key").values())


def test_a_file_is_shown_first_and_applied_with_the_button(browser: Client, tide: Game) -> None:
    make_achievement(tide, key="ACH_FIRST", name="Before", points=10)
    make_achievement(tide, key="ACH_KEPT", name="Kept")
    before = everything()

    page = text_of(send(browser, FIRST, {"key": "ACH_SECOND", "name": "Second", "points": 20}, publish="on"))
    unchanged = everything()
    applied = browser.post(APPLY, {"preview": preview_in(page)})

    assert "<del>Before</del> <ins>First</ins>" in page
    assert "Apply 2 changes" in page
    assert "1 of the game's achievements is not in the file and does not change" in html.unescape(page)
    assert unchanged == before
    assert (applied.status_code, applied["Location"]) == (302, "/portal/games/tide/")
    assert dict(Achievement.objects.values_list("key", "name")) == {
        "ACH_FIRST": "First",
        "ACH_SECOND": "Second",
        "ACH_KEPT": "Kept",
    }
    assert Achievement.objects.get(key="ACH_SECOND").state == "published"


def test_a_second_import_of_the_file_has_nothing_to_apply(browser: Client, tide: Game) -> None:
    browser.post(APPLY, {"preview": preview_in(text_of(send(browser, FIRST)))})

    page = text_of(send(browser, FIRST))

    assert "Nothing to change" in page
    assert 'name="preview"' not in page


def test_every_problem_of_a_file_is_listed_and_there_is_no_button(browser: Client, tide: Game) -> None:
    response = send(
        browser, {**FIRST, "points": -1}, {"key": "too small", "name": "Small", "points": 1, "colour": "red"}
    )

    page = text_of(response)
    assert response.status_code == 422
    assert "3 problems in the file" in page
    for pointer in ("/achievements/0/points", "/achievements/1/key", "/achievements/1/colour"):
        assert f"<code>{pointer}</code>" in page
    assert 'name="preview"' not in page
    assert Achievement.objects.count() == 0


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b'{"a": "' + b"x" * 600_000 + b'"}'])
def test_a_file_that_is_no_document_is_reported(browser: Client, tide: Game, data: bytes) -> None:
    response = browser.post(IMPORT, {"file": SimpleUploadedFile("a.json", data)})

    assert response.status_code == 422
    assert "1 problem in the file" in text_of(response)


def test_without_a_file_one_is_required(browser: Client, tide: Game) -> None:
    response = browser.post(IMPORT, {})

    assert response.status_code == 422
    assert "This field is required." in text_of(response)


def test_a_preview_of_what_has_changed_since_is_shown_again(browser: Client, tide: Game) -> None:
    old = preview_in(text_of(send(browser, FIRST)))
    make_achievement(tide, key="ACH_FIRST", name="Someone was faster")

    response = browser.post(APPLY, {"preview": old})

    page = text_of(response)
    assert "The game changed since this preview." in page
    assert "<del>Someone was faster</del> <ins>First</ins>" in page
    assert Achievement.objects.get().name == "Someone was faster"
    assert "In the draft" in page
    browser.post(APPLY, {"preview": preview_in(page)})
    achievement = Achievement.objects.get()
    assert (achievement.name, achievement.draft.name) == ("Someone was faster", "First")


def test_a_preview_is_good_for_its_game_and_its_maker_only(
    browser: Client, tide: Game, member: Any, studio: Any
) -> None:
    preview = preview_in(text_of(send(browser, FIRST)))
    make_game(studio=studio, slug="ember")

    responses = [
        browser.post("/portal/games/ember/import/apply/", {"preview": preview}, follow=True),
        member("editor").post(APPLY, {"preview": preview}, follow=True),
        browser.post(APPLY, {"preview": preview[:-1] + "x"}, follow=True),
        browser.post(APPLY, {}, follow=True),
    ]

    for answer in responses:
        assert "This preview has expired. Choose the file again." in text_of(answer)
    assert Achievement.objects.count() == 0


def test_an_old_preview_is_looked_at_again(browser: Client, tide: Game, time_machine: Any) -> None:
    preview = preview_in(text_of(send(browser, FIRST)))
    time_machine.move_to(now() + timedelta(seconds=3601))

    response = browser.post(APPLY, {"preview": preview}, follow=True)

    assert "This preview has expired." in text_of(response)
    assert Achievement.objects.count() == 0


def test_a_real_games_file_goes_through_preview_and_button(browser: Client, tide: Game) -> None:
    path = find_definitions()
    if path is None:
        pytest.skip(ABSENT)
    data = orjson.dumps(converted(path))

    page = text_of(browser.post(IMPORT, {"file": SimpleUploadedFile("cdda.json", data), "publish": "on"}))
    browser.post(APPLY, {"preview": preview_in(page)})

    assert "Apply 194 changes" in page
    assert Achievement.objects.filter(game=tide, state="published").count() == 194


def test_a_files_sets_are_shown_first_and_made_with_the_button(browser: Client, tide: Game) -> None:
    north = {"key": "north", "title": "The Frozen North", "kind": "dlc"}
    ice = {"key": "ACH_ICE", "name": "Ice", "points": 10, "set": "north"}
    body = {"format": "laurel.achievements", "version": 1, "sets": [north], "achievements": [ice]}

    page = text_of(browser.post(IMPORT, {"file": SimpleUploadedFile("tide.json", orjson.dumps(body))}))
    before = AchievementSet.objects.count()
    browser.post(APPLY, {"preview": preview_in(page)})

    assert "The Frozen North" in page
    assert "New set" in page
    assert "Apply 2 changes" in page
    assert before == 1
    assert Achievement.objects.get().achievement_set == AchievementSet.objects.get(title="The Frozen North")
