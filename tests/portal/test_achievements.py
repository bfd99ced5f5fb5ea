"""Pages of achievements."""

import errno
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.disk import FULL_DETAIL
from apps.games.definitions.content import definition_of
from apps.games.definitions.definition import AchievementDefinition
from apps.games.icons import locked_variant, to_icon
from apps.games.models import Achievement, AchievementDraft, Game
from apps.portal.forms.achievements import key_from_name
from tests.factories import make_achievement
from tests.games.pictures import animation, picture, png_claiming
from tests.portal.conftest import text_of

pytestmark = pytest.mark.django_db

NEW = "/portal/games/tide/achievements/new/"
FIELDS = {"name": "First light", "key": "ACH_FIRST_LIGHT", "points": "10", "kind": "one_shot", "setter": "server"}


def address(achievement: Achievement, button: str = "") -> str:
    return f"/portal/games/tide/achievements/{achievement.id}/{button}"


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("icon.png", data, "image/png")


def test_an_achievement_is_made_published_and_archived(browser: Client, tide: Game) -> None:
    made = browser.post(NEW, {**FIELDS, "description": "See the sun rise."})
    achievement = Achievement.objects.get()
    browser.post(address(achievement, "publish/"))
    published = text_of(browser.get("/portal/games/tide/"))
    browser.post(address(achievement, "archive/"))

    assert (made.status_code, made["Location"]) == (302, "/portal/games/tide/")
    assert definition_of(achievement) == AchievementDefinition(
        "ACH_FIRST_LIGHT", "First light", 10, description="See the sun rise."
    )
    assert achievement.state == "draft"
    assert "First light is published." in published
    achievement.refresh_from_db()
    assert achievement.state == "archived"


def test_without_a_key_one_is_made_from_the_name(browser: Client, tide: Game) -> None:
    browser.post(NEW, {**FIELDS, "key": "", "name": "L'aube d'été: 1st!"})

    assert Achievement.objects.get().key == "ACH_LAUBE_DETE_1ST"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("First light", "ACH_FIRST_LIGHT"),
        ("  ", ""),
        ("東京", ""),
        ("a" * 80, "ACH_" + "A" * 56),
        ("Ünï--code", "ACH_UNI_CODE"),
    ],
)
def test_keys_made_from_names_keep_to_the_rule(name: str, key: str) -> None:
    assert key_from_name(name) == key


def test_a_name_without_letters_needs_a_key(browser: Client, tide: Game) -> None:
    response = browser.post(NEW, {**FIELDS, "key": "", "name": "東京"})

    assert response.status_code == 422
    assert "No key can be created from this name. Enter one." in text_of(response)
    assert Achievement.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"key": "ach small"}, "Use 1 to 64 letters"),
        ({"points": "-1"}, "greater than or equal to 0"),
        ({"points": "many"}, "Enter a whole number."),
        ({"points": "\u0663"}, "Enter a whole number."),
        ({"points": ""}, "This field is required."),
        (
            {"points": "901"},
            "The budget of the set &quot;Base game&quot; is 1,000 points and 900 of them are left, so 901 do not fit.",
        ),
        ({"kind": "sometimes"}, "Select a valid choice."),
        ({"kind": "incremental"}, "Give the number of steps it takes"),
        ({"key": "ACH_THERE"}, "Another achievement of this game has this key."),
    ],
)
def test_a_wrong_field_is_reported_and_nothing_is_created(
    browser: Client, tide: Game, wrong: dict[str, str], message: str
) -> None:
    make_achievement(tide, key="ACH_THERE", points=100)

    response = browser.post(NEW, {**FIELDS, **wrong})

    assert response.status_code == 422
    assert message in text_of(response)
    assert Achievement.objects.count() == 1


def test_all_wrong_fields_are_reported_at_once(browser: Client, tide: Game) -> None:
    response = browser.post(
        NEW, {"name": "", "key": "too small", "points": "-1", "kind": "incremental", "setter": "nobody"}
    )

    page = text_of(response)
    assert page.count("field--invalid") == 5


def test_a_target_left_behind_by_a_change_of_kind_is_dropped(browser: Client, tide: Game) -> None:
    browser.post(NEW, {**FIELDS, "target": "20"})

    assert Achievement.objects.get().target is None


def test_an_icon_is_stored_reencoded_with_its_locked_copy(browser: Client, tide: Game) -> None:
    browser.post(NEW, {**FIELDS, "icon": upload(picture())})

    achievement = Achievement.objects.get()
    icon = to_icon(picture())
    with (
        default_storage.open(achievement.icon) as icon_file,
        default_storage.open(achievement.icon_locked) as locked_file,
    ):
        assert icon_file.read() == icon
        assert locked_file.read() == locked_variant(icon)
    page = text_of(browser.get(address(achievement)))
    assert default_storage.url(achievement.icon) in page
    assert default_storage.url(achievement.icon_locked) in page


def test_an_icon_that_finds_no_room_on_the_disk_is_refused_and_leaves_nothing(
    browser: Client, tide: Game, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_half(storage: FileSystemStorage, name: str, content: Any) -> str:
        path = Path(storage.path(name))
        path.parent.mkdir(parents=True)
        path.write_bytes(content.read(100))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", write_half)
    browser.raise_request_exception = False

    response = browser.post(NEW, {**FIELDS, "icon": upload(picture())})

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert str(FULL_DETAIL) in unescape(text_of(response))
    assert Achievement.objects.count() == 0
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


def test_an_own_locked_icon_replaces_only_that_one(browser: Client, tide: Game) -> None:
    achievement = make_achievement(tide, icon="a.png", icon_locked="b.png", key="ACH_FIRST_LIGHT")

    browser.post(address(achievement), {**FIELDS, "icon_locked": upload(picture(colour="#112233"))})
    browser.post(address(achievement, "publish/"))

    achievement.refresh_from_db()
    assert achievement.icon == "a.png"
    assert achievement.icon_locked.startswith("games/icons/")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GIF89a", "This is not a picture we can read."),
        (animation("WEBP"), "Animated pictures are not taken."),
        (png_claiming(30_000, 30_000), "over 4096 pixels on a side"),
        (b"\0" * (2 * 1024 * 1024 + 1), "over 2 MB"),
    ],
)
def test_a_bad_icon_is_reported_and_nothing_is_created_or_stored(
    browser: Client, tide: Game, media_root: Any, data: bytes, message: str
) -> None:
    response = browser.post(NEW, {**FIELDS, "icon": upload(data)})

    assert response.status_code == 422
    assert message in text_of(response)
    assert Achievement.objects.count() == 0
    assert list(media_root.rglob("*.*")) == []


def test_a_published_achievement_keeps_its_kind_and_its_key_but_for_its_case(browser: Client, tide: Game) -> None:
    achievement = make_achievement(tide, key="ACH_KEPT")

    page = text_of(browser.get(address(achievement)))
    refused = [browser.post(address(achievement), {**FIELDS, "key": key}) for key in ("ACH_OTHER", "")]
    unchanged = AchievementDraft.objects.count()
    saved = browser.post(address(achievement), {**FIELDS, "key": "Ach_Kept", "kind": "incremental", "target": "5"})
    browser.post(address(achievement, "publish/"))

    assert "After publishing, you can change only which letters are capitals." in page
    assert page.count("It can't change after publishing.") == 1
    assert [answer.status_code for answer in refused] == [422, 422]
    assert "The key can&#x27;t change once an achievement is published." in text_of(refused[0])
    assert (unchanged, saved.status_code) == (0, 302)
    achievement.refresh_from_db()
    assert (achievement.key, achievement.kind, achievement.target) == ("Ach_Kept", "one_shot", None)
    assert (achievement.name, achievement.version) == ("First light", 2)


def test_moving_says_where_the_achievement_stands_now(browser: Client, tide: Game) -> None:
    first, second, third = (make_achievement(tide, name=f"No. {number}", position=number) for number in (1, 2, 3))

    response = browser.post(address(third, "move/"), {"direction": "up"}, follow=True)

    assert list(Achievement.objects.order_by("position")) == [first, third, second]
    assert "No. 3 is number 2 of 3." in text_of(response)
    assert response.redirect_chain[0][0].endswith(f"#a-{third.id}")


@pytest.mark.parametrize("direction", ["", "sideways"])
def test_a_direction_that_is_none_moves_nothing(browser: Client, tide: Game, direction: str) -> None:
    first, second = (make_achievement(tide, position=number) for number in (1, 2))

    response = browser.post(address(second, "move/"), {"direction": direction})

    assert response.status_code == 302
    assert list(Achievement.objects.order_by("position")) == [first, second]


def test_a_draft_is_deleted_and_a_published_one_is_not(browser: Client, tide: Game) -> None:
    draft, published = make_achievement(tide, state="draft"), make_achievement(tide)

    browser.post(address(draft, "delete/"))
    refused = text_of(browser.post(address(published, "delete/"), follow=True))

    assert list(Achievement.objects.all()) == [published]
    assert "Only drafts can be deleted." in refused


def test_restoring_an_achievement_whose_points_are_in_use_is_refused(browser: Client, tide: Game) -> None:
    shelved = make_achievement(tide, points=600, state="archived")
    make_achievement(tide, points=500)

    page = text_of(browser.post(address(shelved, "publish/"), follow=True))

    assert "The set &quot;Base game&quot; would have 1,100 points in all; its budget is 1,000." in page
    shelved.refresh_from_db()
    assert shelved.state == "archived"


def test_the_form_shows_the_card_in_each_of_its_states(browser: Client, tide: Game) -> None:
    hidden = make_achievement(tide, name="Secret", is_hidden=True)

    page = text_of(browser.get(address(hidden)))

    for state in ("earned", "locked", "hidden"):
        assert f'id="preview-{state}"' in page
    assert 'id="preview-locked-list" hidden' in page
    assert 'id="preview-hidden-list" hidden' not in page
