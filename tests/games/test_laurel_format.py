"""Laurel's own JSON, and importing it."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command

from apps.games.actions import import_achievements, publish_achievement
from apps.games.actions.imports import ImportRefusedError, PlanChangedError
from apps.games.definitions.content import FieldChange, definition_of
from apps.games.definitions.definition import AchievementDefinition
from apps.games.formats import read_file
from apps.games.formats.documents import BYTES_MAX, Document
from apps.games.formats.laurel import EXAMPLE
from apps.games.import_preview import plan_import
from apps.games.models import Achievement, Game
from tests.factories import make_achievement, make_game
from tests.tools.load.real_achievements import ABSENT, converted, find_definitions

FIRST = {"key": "ACH_FIRST", "name": "First", "points": 10}
SECOND = {"key": "ACH_SECOND", "name": "Second", "points": 20}


def document(*achievements: Any, **fields: Any) -> Document:
    return read_file(raw(*achievements, **fields))


def raw(*achievements: Any, **fields: Any) -> bytes:
    body = {"format": "laurel.achievements", "version": 1, "achievements": list(achievements), **fields}
    return orjson.dumps(body)


def everything(game: Game) -> list[dict[str, Any]]:
    """Return all columns of a game's achievements, to show that nothing changed."""
    return list(Achievement.objects.filter(game=game).order_by("key").values())


def problems(found: Any) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in found.problems]


def test_every_problem_of_shape_is_reported_at_once_with_its_path() -> None:
    found = document(
        {"key": 7, "name": "First", "points": True, "hidden": "yes", "kind": "often", "colour": "red"},
        "ACH_SECOND",
        {"name": None, "target": "5", "setter": "player", "state": "gone", "description": [], "a/b~c": 1},
        version=2,
        format="steam",
        game=5,
        extra={},
    )

    assert problems(found) == [
        ("/extra", "unknown"),
        ("/game", "invalid_type"),
        ("/format", "unsupported_format"),
        ("/version", "unsupported_version"),
        ("/achievements/0/colour", "unknown"),
        ("/achievements/0/key", "invalid_type"),
        ("/achievements/0/points", "invalid_type"),
        ("/achievements/0/hidden", "invalid_type"),
        ("/achievements/0/kind", "invalid_choice"),
        ("/achievements/1", "invalid_type"),
        ("/achievements/2/a~1b~0c", "unknown"),
        ("/achievements/2/key", "required"),
        ("/achievements/2/name", "null"),
        ("/achievements/2/points", "required"),
        ("/achievements/2/description", "invalid_type"),
        ("/achievements/2/target", "invalid_type"),
        ("/achievements/2/setter", "invalid_choice"),
        ("/achievements/2/state", "invalid_choice"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (b'{"a": NaN}', "malformed_json"),
        (b"[" * 5000, "malformed_json"),
        (b"[]", "invalid_type"),
        (b'"text"', "invalid_type"),
        (b" " * (BYTES_MAX + 1), "too_large"),
    ],
)
def test_a_file_that_is_no_document_has_one_problem_with_all_of_it(data: bytes, code: str) -> None:
    assert problems(read_file(data)) == [("", code)]


@pytest.mark.django_db
def test_the_example_people_are_shown_can_be_imported() -> None:
    plan = import_achievements(game=make_game(), document=read_file(EXAMPLE.encode()))

    assert [(item.definition.key, item.state) for item in plan.created] == [
        ("ACH_FIRST_LIGHT", "draft"),
        ("ACH_LAMPLIGHTER", "published"),
    ]


def test_a_byte_order_mark_in_front_is_passed_over() -> None:
    found = read_file(b"\xef\xbb\xbf" + raw(FIRST))

    assert (found.problems, [item.key for item in found.items]) == ((), ["ACH_FIRST"])


@pytest.mark.parametrize(("given", "code"), [(None, "null"), ({}, "invalid_type"), ("ACH_FIRST", "invalid_type")])
def test_achievements_are_a_list(given: Any, code: str) -> None:
    assert problems(document(achievements=given)) == [("/achievements", code)]


def test_more_achievements_than_fit_are_refused_whole() -> None:
    found = document(*[{"key": f"ACH_{number}"} for number in range(2001)])

    assert problems(found) == [("/achievements", "too_many")]


def test_a_key_is_in_a_document_once() -> None:
    assert problems(document(FIRST, SECOND, FIRST)) == [("/achievements/2/key", "duplicate")]


@pytest.mark.django_db
def test_problems_of_shape_rules_and_game_are_reported_together_in_the_documents_order() -> None:
    game = make_game(points_budget=100, slug="tide")
    make_achievement(game, key="ACH_KEPT", points=90)
    found = document(
        {"key": "ach small", "name": " ", "points": -1},
        {"key": "ACH_KEPT", "name": "Kept", "points": 95, "kind": "incremental", "target": 5, "state": "draft"},
        {"key": "ACH_LATE", "name": "Late\u0000", "points": "9", "target": 3},
        {"key": "ACH_MANY", "name": "Many", "points": 10, "kind": "incremental"},
        game="ember",
    )

    plan = plan_import(game, found)

    assert problems(plan) == [
        ("/achievements", "budget_exceeded"),
        ("/achievements/0/key", "invalid"),
        ("/achievements/0/name", "blank"),
        ("/achievements/0/points", "min_value"),
        ("/achievements/1/kind", "fixed"),
        ("/achievements/1/state", "wrong_state"),
        ("/achievements/2/name", "invalid"),
        ("/achievements/2/points", "invalid_type"),
        ("/achievements/2/target", "invalid"),
        ("/achievements/3/target", "invalid"),
        ("/game", "other_game"),
    ]
    assert plan.is_applicable is False


@pytest.mark.django_db
def test_a_bad_document_changes_nothing() -> None:
    game = make_game()
    make_achievement(game, key="ACH_FIRST", name="Before")
    before = everything(game)

    with pytest.raises(ImportRefusedError) as refusal:
        import_achievements(game=game, document=document(FIRST, SECOND, {**SECOND, "key": "not good"}))

    assert refusal.value.pointer == "/achievements/2/key"
    assert problems(refusal.value.plan) == [("/achievements/2/key", "invalid")]
    assert everything(game) == before


@pytest.mark.django_db
def test_the_preview_is_what_happens() -> None:
    game = make_game(default_setter="client")
    changed = make_achievement(game, key="ACH_FIRST", name="Before", points=5, position=1, description="Stays")
    same = make_achievement(game, key="ACH_SAME", name="Same", points=7, position=2)
    missing = make_achievement(game, key="ACH_MISSING", points=3, position=3)
    found = document(FIRST, SECOND, {"key": "ACH_SAME", "name": "Same", "points": 7})

    plan = plan_import(game, found)
    done = import_achievements(game=game, document=found, fingerprint=plan.fingerprint)
    drafted = Achievement.objects.select_related("draft").get(key="ACH_FIRST")

    assert done == plan
    assert (drafted.name, drafted.version, definition_of(drafted.draft)) == ("Before", 1, plan.changed[0].definition)
    publish_achievement(achievement=changed)
    (creation,), (change,) = plan.created, plan.changed
    assert creation.definition == AchievementDefinition("ACH_SECOND", "Second", 20, setter="client")
    assert change.changes == (FieldChange("name", "Before", "First"), FieldChange("points", 5, 10))
    assert [item.key for item in plan.unchanged] == ["ACH_SAME"]
    assert [item.key for item in plan.missing] == ["ACH_MISSING"]
    assert (plan.points_before, plan.points_after) == (15, 40)
    created = Achievement.objects.get(key="ACH_SECOND")
    assert definition_of(created) == creation.definition
    assert (created.state, created.version, created.position) == ("draft", 1, 4)
    changed.refresh_from_db()
    assert definition_of(changed) == change.definition
    assert (changed.version, changed.description, changed.position) == (2, "Stays", 1)
    for row in (same, missing):
        before = definition_of(row)
        row.refresh_from_db()
        assert (definition_of(row), row.version) == (before, 1)


@pytest.mark.django_db
def test_a_second_run_changes_nothing() -> None:
    game = make_game()
    found = document(FIRST, {**SECOND, "kind": "incremental", "target": 9, "hidden": True, "setter": "client"})
    import_achievements(game=game, document=found, publish=True)
    after_first = everything(game)

    plan = import_achievements(game=game, document=found, publish=True)

    assert (plan.created, plan.changed) == ((), ())
    assert len(plan.unchanged) == 2
    assert everything(game) == after_first


@pytest.mark.django_db
def test_states_go_forward_and_get_their_times() -> None:
    game = make_game()
    make_achievement(game, key="ACH_FIRST", name="First", points=10, state="draft")
    make_achievement(game, key="ACH_SECOND", name="Second", points=20)

    import_achievements(
        game=game,
        document=document(
            {**FIRST, "state": "published"},
            {**SECOND, "state": "archived"},
            {**FIRST, "key": "ACH_OLD", "state": "archived"},
        ),
    )

    rows = {row.key: row for row in Achievement.objects.filter(game=game)}
    assert {key: row.state for key, row in rows.items()} == {
        "ACH_FIRST": "published",
        "ACH_SECOND": "archived",
        "ACH_OLD": "archived",
    }
    assert rows["ACH_FIRST"].published_at is not None
    assert rows["ACH_SECOND"].archived_at is not None
    assert {row.version for row in rows.values()} == {1}


@pytest.mark.django_db
def test_publishing_spares_those_the_document_calls_drafts() -> None:
    game = make_game()

    import_achievements(game=game, document=document(FIRST, {**SECOND, "state": "draft"}), publish=True)

    assert dict(Achievement.objects.values_list("key", "state")) == {"ACH_FIRST": "published", "ACH_SECOND": "draft"}


@pytest.mark.django_db
def test_archived_points_are_free_for_new_ones() -> None:
    game = make_game(points_budget=20)
    make_achievement(game, key="ACH_FIRST", name="First", points=15)

    import_achievements(game=game, document=document({**FIRST, "points": 15, "state": "archived"}, SECOND))

    assert Achievement.objects.get(key="ACH_SECOND").points == 20


@pytest.mark.django_db
def test_a_game_that_changed_since_the_preview_is_left_alone() -> None:
    game = make_game()
    found = document(FIRST)
    plan = plan_import(game, found)
    make_achievement(game, key="ACH_FIRST", name="Someone was here first")
    before = everything(game)

    with pytest.raises(PlanChangedError):
        import_achievements(game=game, document=found, fingerprint=plan.fingerprint)

    assert everything(game) == before


@pytest.mark.django_db
def test_progress_is_reported_of_every_achievement() -> None:
    game = make_game(points_budget=5000)
    steps: list[int] = []

    import_achievements(
        game=game,
        document=document(*[{**FIRST, "key": f"ACH_{number:04}"} for number in range(450)]),
        progress=steps.append,
    )

    assert steps == [200, 200, 50]
    keys = Achievement.objects.order_by("position").values_list("key", flat=True)
    assert list(keys) == [f"ACH_{number:04}" for number in range(450)]


@pytest.mark.django_db
def test_leaving_the_target_out_when_the_kind_changes_clears_it() -> None:
    game = make_game()
    make_achievement(game, key="ACH_FIRST", kind="incremental", target=5, state="draft")

    import_achievements(game=game, document=document({**FIRST, "kind": "one_shot"}))

    assert definition_of(Achievement.objects.get()) == replace(AchievementDefinition("ACH_FIRST", "First", 10))


@pytest.mark.django_db
def test_the_command_previews_applies_and_then_finds_nothing_to_do(tmp_path: Any, capsys: Any) -> None:
    game = make_game(slug="tide")
    file = tmp_path / "tide.json"
    file.write_bytes(raw(FIRST, SECOND))

    call_command("import_achievements", "tide", str(file))
    assert Achievement.objects.count() == 0
    preview = capsys.readouterr().out
    call_command("import_achievements", "tide", str(file), apply=True, publish=True)
    call_command("import_achievements", "tide", str(file), apply=True, publish=True)

    assert "  + ACH_FIRST  First  10 points, draft\n" in preview
    assert "2 new, 0 changed, 0 unchanged, 0 not in the file; 30 of 1,000 points (now 0)." in preview
    assert "This was a preview." in preview
    output = capsys.readouterr().out
    assert "Done: 2 created, 0 changed." in output
    assert output.endswith("Nothing to change.\n")
    assert set(Achievement.objects.filter(game=game).values_list("state", flat=True)) == {"published"}


@pytest.mark.django_db
def test_the_command_shows_all_problems_and_fails(tmp_path: Any, capsys: Any) -> None:
    make_game(slug="tide")
    file = tmp_path / "tide.json"
    file.write_bytes(raw({**FIRST, "points": -1}, {**SECOND, "key": "too small"}))

    with pytest.raises(CommandError, match=r"2 problems in tide\.json; nothing was changed\."):
        call_command("import_achievements", "tide", str(file), apply=True)

    errors = capsys.readouterr().err
    assert "/achievements/0/points: " in errors
    assert "/achievements/1/key: " in errors
    assert Achievement.objects.count() == 0


@pytest.mark.django_db
def test_the_command_names_a_game_or_file_that_is_not_there(tmp_path: Any) -> None:
    with pytest.raises(CommandError, match="No game has the slug 'nowhere'"):
        call_command("import_achievements", "nowhere", str(tmp_path / "a.json"))
    make_game(slug="tide")
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("import_achievements", "tide", str(tmp_path / "a.json"))


@pytest.mark.django_db
def test_a_real_games_194_achievements_go_in_whole_and_once() -> None:
    path = find_definitions()
    if path is None:
        pytest.skip(ABSENT)
    found = read_file(orjson.dumps(converted(path)))
    game = make_game()

    first = import_achievements(game=game, document=found, publish=True)
    second = import_achievements(game=game, document=found, publish=True)

    assert len(first.created) == 194
    assert first.points_after == 968
    assert (second.change_count, len(second.unchanged)) == (0, 194)
    assert Achievement.objects.filter(game=game, state="published", version=1).count() == 194
