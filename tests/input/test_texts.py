"""One rule for the texts that people read, with lines or without, by every way in."""

from typing import Any

import pytest
from django.contrib.admin import site
from rest_framework.serializers import CharField, Serializer

from apps.core.admin import TEXTS, ReadOnlyAdmin
from apps.core.api.wire.fields import NameField, TextField
from apps.core.parsing.form_fields import TextFormField
from apps.core.parsing.names import normal_text, problem_with_text
from apps.games.formats import read_document
from apps.games.import_preview import plan_import
from apps.games.models import Achievement, Game
from apps.notifications.models import Announcement
from apps.portal.forms.achievements import AchievementForm
from apps.portal.forms.announcements import AnnouncementForm
from apps.portal.forms.games import EditGameForm, NewGameForm
from tests.input.bodies import World

BAD = {
    "override": "Ali\u202ece",
    "isolate": "Ali\u2066ce",
    "Arabic letter mark": "Ali\u061cce",
    "line separator": "Ali\u2028ce",
    "paragraph separator": "Ali\u2029ce",
    "next line": "Ali\x85ce",
    "NUL": "Ali\x00ce",
    "escape": "Ali\x1b[31mce",
    "delete": "Ali\x7fce",
    "no character": "Ali\uffffce",
    "no character of a later plane": "Ali\U0001ffffce",
    "no character among Arabic forms": "Ali\ufdd0ce",
    "what was not UTF-8": "Ali\ufffdce",
    "override alone": "\u202e",
}
GOOD = [
    "Two lines.\n\n\tAnd a third \u2013 with a tab.",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f "
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\n\u05e9\u05dc\u05d5\u05dd, world",
    "A longword\u200bwith a place to break",
]
NOTHING = ["", " \n\t", "\u200b", "\u3164", "\u200b\n\u2800", "\u2028"]


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_text_is_refused(text: str) -> None:
    assert problem_with_text(normal_text(text)) is not None


def test_a_surrogate_is_no_text() -> None:
    assert problem_with_text("a\ud800") is not None


@pytest.mark.parametrize("text", GOOD)
def test_what_people_write_is_a_text(text: str) -> None:
    assert problem_with_text(text) is None
    assert normal_text(f" {text}\r\n") == text


@pytest.mark.parametrize("text", NOTHING)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert normal_text(text) == ""


def sent(world: World, text: str) -> dict[str, Any]:
    """Send a text in every way there is; return the responses and the forms."""
    game, manage = world.game, f"manage/games/{world.game.id}"
    item = {"key": "ACH_X", "name": "X", "points": 1, "description": text}
    document = {"format": "laurel.achievements", "version": 1, "achievements": [item]}
    form = {"name": "X", "title": "X", "description": text, "text": text}
    return {
        "change": world.server.patch(f"{manage}/achievements/{world.draft.id}", {"description": text}),
        "game": world.server.patch(manage, {"description": text}),
        "achievement": world.server.post(f"{manage}/achievements", {**item, "key": "ACH_Y"}),
        "definitions": world.server.put(f"{manage}/definitions", document),
        "announcement": world.server.post(f"{manage}/announcements", {"title": "News", "text": text}),
        "revocation": world.server.post(
            f"{manage}/revocations", {"achievement_id": str(world.lamps.id), "reason": text}
        ),
        "achievement form": AchievementForm(form, achievement=None, game=game),
        "game form": EditGameForm(form, game=game),
        "new game form": NewGameForm(form, studios=[]),
        "announcement form": AnnouncementForm(form),
    }


def is_refused(result: Any) -> bool:
    if hasattr(result, "status_code"):
        return bool(result.status_code == 400)
    return "description" in result.errors or "text" in result.errors


@pytest.mark.parametrize("text", ["Ali\u202ece", "Ali\u2028ce", "Ali\uffffce", "Ali\x85ce", "Ali\x00ce"])
def test_every_way_in_refuses_what_is_no_text(world: World, text: str) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Game, Achievement, Announcement)]

    taken = [way for way, result in sent(world, text).items() if not is_refused(result)]

    assert taken == []
    assert [list(model.objects.order_by("pk").values()) for model in (Game, Achievement, Announcement)] == before


def test_every_way_in_takes_what_people_write(world: World) -> None:
    Game.objects.update(is_published=True)

    refused = [way for way, result in sent(world, GOOD[1] + "\r\n" + GOOD[2]).items() if is_refused(result)]

    assert refused == []
    assert {row.description for row in Achievement.objects.filter(key__in=["ACH_X", "ACH_Y"])} == {
        f"{GOOD[1]}\n{GOOD[2]}"
    }


def test_what_shows_nothing_is_stored_as_nothing_where_it_may_be_and_refused_where_not(world: World) -> None:
    required = {"announcement", "revocation", "announcement form"}

    results = sent(world, "\u200b\u3164")

    assert {way for way, result in results.items() if is_refused(result)} == required
    assert {row.description for row in Achievement.objects.filter(key__in=["ACH_X", "ACH_Y"])} == {""}
    assert results["change"].json()["description"] == ""


def test_files_are_held_to_the_same_rule(game: Game) -> None:
    data = (
        '{"format": "laurel.achievements", "version": 1, "achievements": '
        '[{"key": "ACH_X", "name": "X", "points": 1, "description": "%s"}]}'
    )

    plan = plan_import(game, read_document((data % "Ali\u202ece").encode()))
    empty = read_document((data % "\u200b").encode())

    assert [flaw.pointer for flaw in plan.problems] == ["/achievements/0/description"]
    assert empty.items[0].members["description"] == ""


def test_every_text_of_a_body_has_a_rule() -> None:
    def every(kind: type) -> set[type]:
        return {kind}.union(*map(every, kind.__subclasses__()))

    texts = {*TEXTS, "reason"}
    loose = [
        (kind.__name__, name)
        for kind in every(Serializer)
        if kind.__name__.startswith(("New", "Definition")) or "Changes" in kind.__name__ or "Edit" in kind.__name__
        if kind.__module__.startswith("apps.")
        for name, field in kind().fields.items()
        if name in texts and isinstance(field, CharField) and not isinstance(field, TextField | NameField)
    ]

    assert loose == []


def test_the_admin_reads_texts_as_everyone_does(rf: Any) -> None:
    for model, admin in site._registry.items():
        for field in model._meta.get_fields():
            is_ours = model._meta.app_label in {"players", "games", "notifications"}
            if field.name in TEXTS and is_ours and not isinstance(admin, ReadOnlyAdmin):
                assert isinstance(admin.formfield_for_dbfield(field, rf.get("/")), TextFormField), (model, field)
