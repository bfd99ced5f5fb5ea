"""Files of past unlocks, as CSV and as JSON lines, and the command that brings them in."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command

from apps.core.clock import now
from apps.core.database import slow_statements
from apps.games.models import Achievement, Game
from apps.players.models import ExternalIdentity, Player
from apps.unlocks.management.commands import import_unlocks
from apps.unlocks.models import ImportState, Unlock, UnlockImport
from tests.factories import make_achievement, make_player

ROWS = [
    ("", "steam-1", "ACH_ONE", "2012-05-01T10:00:00Z"),
    ("", "steam-2", "ach_one", "2013-05-01T10:00:00+02:00"),
    ("", "steam-1", "ACH_TWO", "2012-05-02T10:00:00.250Z"),
    # Of twins the earlier one stays, in whatever order and case.
    ("", "steam-1", "ach_two", "2012-05-03T10:00:00Z"),
]
COLUMNS = ("player_id", "external_id", "achievement_id", "unlocked_at")


@pytest.fixture(autouse=True)
def achievements(game: Game) -> list[Achievement]:
    return [make_achievement(game, key=key) for key in ("ACH_ONE", "ACH_TWO")]


def csv_of(folder: Path, *rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> Path:
    file = folder / "past.csv"
    file.write_text("\ufeff" + "\r\n".join(",".join(row) for row in (header, *rows)) + "\r\n", encoding="utf-8")
    return file


def json_lines_of(folder: Path, *rows: tuple[str, ...]) -> Path:
    file = folder / "past.jsonl"
    bodies = [{name: value for name, value in zip(COLUMNS, row, strict=True) if value} for row in rows]
    file.write_bytes(b"\n\n".join(map(orjson.dumps, bodies)))
    return file


def run(game: Game, file: Path, **options: object) -> tuple[str, str]:
    """Run the command; return what it wrote, and what it complained of."""
    out, err = StringIO(), StringIO()
    call_command("import_unlocks", game.slug, file, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_who_stops_it_reads_how_far_it_came_and_that_it_may_run_again(
    game: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relay: Callable[[], int]
) -> None:
    bring, said, sizes = import_unlocks.import_unlocks, StringIO(), []

    def bring_once(**chunk: Any) -> Any:
        sizes.append(len(chunk["unlocks"]))
        if len(sizes) == 2:
            raise KeyboardInterrupt
        return bring(**chunk)

    file = csv_of(tmp_path, *ROWS)

    with monkeypatch.context() as patched:
        patched.setattr(import_unlocks, "CHUNK_SIZE", 1)
        patched.setattr(import_unlocks, "import_unlocks", bring_once)
        with pytest.raises(KeyboardInterrupt):
            call_command("import_unlocks", game.slug, file, expect=3, stdout=StringIO(), stderr=said)
    relay()
    done, _ = run(game, file, expect=3)

    assert "At least 1 of 3 unlocks were brought, and stay. Run it again for the rest:" in said.getvalue()
    assert "Done: 2 recorded, 1 was there before." in done
    assert Unlock.objects.count() == 3


@pytest.mark.parametrize("is_terminal", [True, False])
def test_log_lines_of_slow_statements_are_for_files_and_never_in_a_bar(
    game: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, is_terminal: bool
) -> None:
    terminal = StringIO()
    terminal.isatty = lambda: is_terminal  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(slow_statements, "SLOW_SECONDS", -1)
    bring = import_unlocks.import_unlocks
    said: list[int] = []

    def bring_and_look(**options: Any) -> Any:
        before = len(caplog.records)
        outcomes = bring(**options)
        said.append(len(caplog.records) - before)
        return outcomes

    monkeypatch.setattr(import_unlocks, "import_unlocks", bring_and_look)
    run(game, csv_of(tmp_path, *ROWS), expect=3)

    assert ("3/3" in terminal.getvalue(), said[0] == 0) == (is_terminal, is_terminal)
    before = len(caplog.records)
    assert Unlock.objects.count() == 3
    assert len(caplog.records) == before + 1


@pytest.mark.parametrize("write", [csv_of, json_lines_of])
def test_a_file_is_previewed_and_brought_in_once(game: Game, tmp_path: Path, write: object) -> None:
    file = write(tmp_path, *ROWS)  # type: ignore[operator]

    preview, _ = run(game, file)
    assert Unlock.objects.count() == UnlockImport.objects.count() == 0
    first, _ = run(game, file, expect=3)
    again, _ = run(game, file, expect=3)

    assert preview == (
        "3 unlocks of 2 players; 1 line repeats another, 0 are bad.\n"
        "This was a preview. Run it again with --expect 3 to write it.\n"
    )
    assert first.endswith("Done: 3 recorded, 0 were there before.\n")
    assert again.endswith("Done: 0 recorded, 3 were there before.\n")
    found = [
        (unlock.achievement.key, unlock.unlocked_at.isoformat())
        for unlock in Unlock.objects.select_related("achievement").order_by("unlocked_at")
    ]
    assert found == [
        ("ACH_ONE", "2012-05-01T10:00:00+00:00"),
        ("ACH_TWO", "2012-05-02T10:00:00.250000+00:00"),
        ("ACH_ONE", "2013-05-01T08:00:00+00:00"),
    ]
    assert Player.objects.count() == ExternalIdentity.objects.count() == 2
    assert (
        list(UnlockImport.objects.values_list("name", "state", "created_by"))
        == [(file.name, ImportState.FINISHED, "command")] * 2
    )


def test_a_file_with_another_number_than_expected_changes_nothing(game: Game, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"The file has 3 unlocks, not 4\. Nothing was written\."):
        run(game, csv_of(tmp_path, *ROWS), expect=4)

    assert Unlock.objects.count() == UnlockImport.objects.count() == ExternalIdentity.objects.count() == 0


def test_bad_lines_are_reported_with_number_and_code_and_the_others_come_in(
    game: Game, achievement: Achievement, alice: Player, tmp_path: Path
) -> None:
    Achievement.objects.filter(pk=achievement.pk).update(state="draft")
    bad = [
        ("", "steam-1", "ACH_THREE", "2012-05-01T10:00:00Z"),
        ("", "steam-1", "ACH_ONE", "1336000000"),
        ("", "steam-1", "ACH_ONE", "1970-01-01T00:00:00Z"),
        ("", "", "ACH_ONE", "2012-05-01T10:00:00Z"),
        ("", "steam-1", achievement.key, "2012-05-01T10:00:00Z"),
        ("", "steam-1", "ACH_ONE", "2012-05-01T10:00:00Z", "more"),
    ]
    good = (str(alice.id), "", "ACH_ONE", "2012-05-01T10:00:00Z")
    report = tmp_path / "bad.csv"

    out, err = run(game, csv_of(tmp_path, *bad[:3], good, *bad[3:]), expect=1, report=report)

    codes = ["achievement_not_found", "invalid", "unlocked_at_implausible", "required"]
    codes += ["achievement_not_published", "unknown"]
    columns = ["", "unlocked_at", "unlocked_at", "player_id", "", ""]
    found = [line.split(",")[:3] for line in report.read_text().splitlines()]
    assert found == [
        ["line", "column", "code"],
        *([str(number), *words] for number, *words in zip([2, 3, 4, 6, 7, 8], columns, codes, strict=True)),
    ]
    assert err.splitlines()[0] == "  line 2: achievement_not_found: The game has no such achievement."
    assert err.splitlines()[3] == (
        "  line 6: player_id: required: Name the player by player_id or by external_id; either will do."
    )
    assert out.startswith("1 unlock of 1 player; 0 lines repeat another, 6 are bad.\n")
    assert [unlock.player_id for unlock in Unlock.objects.all()] == [alice.id]
    assert ExternalIdentity.objects.count() == 0


@pytest.mark.parametrize("write", [csv_of, json_lines_of])
def test_the_line_of_an_empty_cell_says_which_and_what_to_write(game: Game, tmp_path: Path, write: Any) -> None:
    file = write(tmp_path, ("", "steam-1", "ACH_ONE", ""), ("", "steam-1", "", "2012-05-01T10:00:00Z"))

    _, err = run(game, file)

    numbers = (2, 3) if write is csv_of else (1, 3)
    assert err.splitlines() == [
        f"  line {numbers[0]}: unlocked_at: required: "
        "Send a time in the format of RFC 3339, such as 2026-11-24T18:04:05Z.",
        f"  line {numbers[1]}: achievement_id: required: Send a UUID or an achievement's key, such as ACH_FIRST_LIGHT.",
    ]


STRANGER = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b"


@pytest.mark.parametrize("write", [csv_of, json_lines_of])
def test_a_player_of_two_names_is_counted_once_with_the_earliest_time(
    game: Game, alice: Player, bob: Player, tmp_path: Path, write: Any
) -> None:
    former, second = make_player(), make_player()
    Player.objects.filter(pk__in=[former.pk, second.pk]).update(merged_into=alice, merged_at=now())
    for external_id, player in (("steam-1", alice), ("steam-2", second), ("steam-3", bob)):
        ExternalIdentity.objects.create(game_id=game.id, environment="live", external_id=external_id, player=player)
    names = [("", "steam-1"), (str(alice.id), ""), (str(former.id), ""), ("", "steam-2"), (str(second.id), "")]
    others = [("", "steam-3"), (str(bob.id), ""), ("", "steam-4")]
    rows = [
        (*name, key, f"20{19 - number}-01-02T03:04:05Z")
        for number, name in enumerate(names + others)
        for key in ("ACH_ONE", "ach_one")
    ]
    file = write(tmp_path, *rows)

    preview, _ = run(game, file)
    done, _ = run(game, file, expect=3)

    assert preview.startswith("3 unlocks of 3 players; 13 lines repeat another, 0 are bad.\n")
    assert done.endswith("Done: 3 recorded, 0 were there before.\n")
    found = dict(Unlock.objects.values_list("player_id", "unlocked_at__year"))
    new = ExternalIdentity.objects.get(external_id="steam-4").player_id
    assert found == {alice.id: 2015, bob.id: 2013, new: 2012}
    assert UnlockImport.objects.get().state == ImportState.FINISHED


def test_ids_of_nobody_and_of_test_players_are_bad_lines_of_the_preview(
    game: Game, alice: Player, tmp_path: Path
) -> None:
    time = "2012-05-01T10:00:00Z"
    rows = [(STRANGER, "", "ACH_ONE", time), (str(alice.id), "", "ACH_ONE", time), ("", "", "ACH_ONE", time)]
    rows.append((str(make_player(is_test=True).id), "", "ACH_ONE", time))
    report = tmp_path / "bad.csv"

    out, _ = run(game, csv_of(tmp_path, *rows), expect=1, report=report)

    assert out.startswith("1 unlock of 1 player; 0 lines repeat another, 3 are bad.\n")
    assert [line[: line.rindex(",")] for line in report.read_text().splitlines()[1:]] == [
        "2,,player_not_found", "4,player_id,required", "5,,player_not_found"
    ]  # fmt: skip
    assert [unlock.player_id for unlock in Unlock.objects.all()] == [alice.id]


def test_what_only_the_ledger_knows_to_be_bad_leaves_the_import_open(
    game: Game, alice: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = make_player()
    file = csv_of(tmp_path, *[(str(player.id), "", "ACH_ONE", "2012-05-01T10:00:00Z") for player in (gone, alice)])
    report = tmp_path / "bad.csv"
    bring = import_unlocks.import_unlocks
    # Deleted after the file was read.
    monkeypatch.setattr(import_unlocks, "import_unlocks", lambda **chunk: gone.delete() and bring(**chunk))

    with pytest.raises(CommandError, match=r"2 unlocks are expected, and 1 were brought\. Send what is missing\."):
        run(game, file, expect=2, report=report)

    assert report.read_text().splitlines()[1] == "2,,player_not_found,No player has this id."
    assert UnlockImport.objects.get().state == ImportState.OPEN
    assert Unlock.objects.count() == 1


@pytest.mark.parametrize("write", [csv_of, json_lines_of])
def test_empty_lines_are_skipped_at_the_start_as_they_are_later(game: Game, tmp_path: Path, write: Any) -> None:
    file = write(tmp_path, ROWS[0], ("", "steam-1", "ACH_ONE", "yesterday"))
    file.write_bytes(b"\xef\xbb\xbf\r\n  \n" + file.read_bytes().removeprefix(b"\xef\xbb\xbf"))

    out, err = run(game, file, expect=1)

    assert out.endswith("Done: 1 recorded, 0 were there before.\n")
    assert err.startswith("  line 5: unlocked_at: invalid: ")


def test_spaces_around_a_cell_are_no_part_of_it_in_quotes_or_not(game: Game, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text(
        "external_id , achievement_id,  unlocked_at \n a b , ACH_ONE ,2012-05-01T10:00:00Z \n"
        '" a b" ,"ACH_ONE ", "2011-05-01T10:00:00Z"\na b,"  ",2011-05-01T10:00:00Z\n'
    )

    out, err = run(game, file, expect=1)

    assert out.startswith("1 unlock of 1 player; 1 line repeats another, 1 is bad.\n")
    assert err.startswith("  line 4: achievement_id: required: ")
    assert ExternalIdentity.objects.get().external_id == "a b"


def test_a_line_that_is_no_json_says_its_place_once(game: Game, tmp_path: Path) -> None:
    file = tmp_path / "past.jsonl"
    file.write_bytes(b'{"external_id": "a",\n{"external_id": 1e999}\n{"external_id" "a"}')

    _, err = run(game, file)

    assert err.splitlines() == [
        "  line 1: malformed_json: This is not valid JSON: unexpected end of data: column 21.",
        "  line 2: invalid: A number is too large: column 17.",
        "  line 3: malformed_json: This is not valid JSON: unexpected character, expected ':' after key: column 16.",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "^The file is empty.$"),
        (b"\xef\xbb\xbf\r\n  \n", "^The file is empty.$"),
        (b"external_id\n", "The column achievement_id, unlocked_at is missing. The first line names the columns"),
        (b"player_id,achievement_id,unlocked_at,\n", "^Column 4 has no name. Leave it out, or name it. The first"),
        (b'[{"player_id": 1}]\n', "^Write an object a line, without a list around them.$"),
        (b"player_id,achievement_id\n", "The column unlocked_at is missing."),
        (b"player_id,achievement_id,unlocked_at,points\n", "No unlock has the column points. Leave it out."),
        (b"player_id;achievement_id;unlocked_at\n", "Separate the columns by commas."),
        (
            b"external_id,external_id,achievement_id,unlocked_at\na,b,ACH_ONE,2012-05-01T10:00:00Z\n",
            "The column external_id is here twice. Leave one out.",
        ),
        (b'player_id,"achievement_id\n', "A quote opens on this line and doesn't close on it."),
        ("player_id,ünlock\n".encode("latin-1"), "^This is not UTF-8. Save it as UTF-8.$"),
        ("player_id,achievement_id\n".encode("utf-16"), "^This is UTF-16, not UTF-8. Save it as UTF-8.$"),
        ("player_id,achievement_id\n".encode("utf-16-le"), "^This is UTF-16, not UTF-8. Save it as UTF-8.$"),
    ],
    ids=[
        "empty",
        "empty lines",
        "one column",
        "no name",
        "a list",
        "short",
        "a column too many",
        "semicolons",
        "twice",
        "a quote",
        "Latin-1",
        "UTF-16",
        "without mark",
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(game: Game, tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "other.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        run(game, file, expect=1)

    assert UnlockImport.objects.count() == 0


def test_an_open_quote_is_bad_where_it_begins_and_the_lines_behind_it_come_in(game: Game, tmp_path: Path) -> None:
    quoted = ("", '"steam-3', "ACH_ONE", "2012-05-01T10:00:00Z")

    out, err = run(game, csv_of(tmp_path, ROWS[0], quoted, ROWS[2]), expect=2)

    assert err == "  line 3: invalid: A quote opens on this line and doesn't close on it. Close it.\n"
    assert out.endswith("Done: 2 recorded, 0 were there before.\n")
    assert ExternalIdentity.objects.get().external_id == "steam-1"


def test_a_line_with_a_member_twice_is_bad_and_commas_in_texts_are_not(game: Game, tmp_path: Path) -> None:
    file = tmp_path / "past.jsonl"
    line = '{"external_id": "a,b", "achievement_id": "ACH_ONE", %s"unlocked_at": "2012-05-01T10:00:00Z"}\n'
    file.write_text(line % "" + line % '"achievement_id": "ACH_TWO", ')

    _, err = run(game, file, expect=1)

    assert err == "  line 2: achievement_id: repeated_member: Duplicate member. Remove one of them.\n"
    assert [unlock.achievement.key for unlock in Unlock.objects.select_related("achievement")] == ["ACH_ONE"]


@pytest.mark.parametrize("options", [{}, {"expect": 0}])
def test_a_file_without_a_line_that_is_right_has_nothing_to_write(
    game: Game, tmp_path: Path, options: dict[str, int]
) -> None:
    out, _ = run(game, csv_of(tmp_path, ("", "", "ACH_ONE", "")), **options)

    assert out == "0 unlocks of 0 players; 0 lines repeat another, 1 is bad.\nThere is nothing to write.\n"
    assert UnlockImport.objects.count() == 0


def test_a_game_and_a_file_that_are_not_there_are_named(game: Game, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No game has the slug 'nothing'"):
        call_command("import_unlocks", "nothing", tmp_path / "past.csv")
    with pytest.raises(CommandError, match="No such file"):
        run(game, tmp_path / "past.csv")
