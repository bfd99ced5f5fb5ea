"""Whatever two devices write, lose, edit, cut and send again, the ledger is what a few lines of Python say it is."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.core.clock import now
from apps.core.models import OutboxEntry
from apps.games.models import Achievement, Game
from apps.unlocks.models import JournalEntry, Unlock
from tests.factories import make_achievement, make_player
from tests.unlocks.journal_devices import NOTHING, JournalDevice

pytestmark = pytest.mark.django_db

devices, places = st.integers(0, 1), st.integers(0, 4)
# An achievement, the last of which only a server may set, and how many days ago.
writing = st.tuples(st.just("write"), devices, st.integers(0, 4), st.sampled_from([0, 3, 20]))
sending = st.tuples(st.just("send"), devices, st.integers(0, 2), st.integers(3, 9))
damage = st.sampled_from(["edit", "lose", "go back", "lose the hash", "begin anew"])
# Half of what happens is writing.
acts = st.one_of(writing, writing, writing, sending, sending, st.tuples(damage, devices, places, places))


class Model:
    """One player: the hashes each device has had accepted, and who earned what by them."""

    def __init__(self) -> None:
        self.accepted: list[list[str]] = [[], []]
        self.answers: list[list[int]] = [[], []]
        self.earned: set[int] = set()
        self.is_late: dict[tuple[int, int], bool] = {}

    def take(self, device: int, entries: list[tuple[dict[str, Any], str, int, bool]]) -> list[Any]:
        """Return the status of each entry of a list; given it with its hash, achievement and whether it is late."""
        accepted, answers = self.accepted[device], []
        for entry, hash_, achievement, is_late in entries:
            place = entry["sequence"]
            if place <= len(accepted) and accepted[place - 1] == hash_:
                answers.append(self.answers[device][place - 1])
            elif place == len(accepted) + 1 and entry["previous_hash"] == [NOTHING, *accepted][-1]:
                accepted.append(hash_)
                self.is_late[device, place] = is_late
                answers.append(403 if achievement == 4 else 200 if achievement in self.earned else 201)
                self.answers[device].append(answers[-1])
                self.earned |= {achievement} - {4}
            else:
                return answers + [409] * (len(entries) - len(answers))
        return answers


class File:
    """What a device has on disk."""

    def __init__(self, device: JournalDevice, achievements: list[Achievement]) -> None:
        self.device, self.achievements = device, achievements
        self.lines: list[tuple[dict[str, Any], str, int, bool]] = []

    def change(self, act: str, first: int, second: int) -> None:
        match act:
            case "write":
                self.write(first, second)
            case "edit":
                self.edit(first)
            case "lose":
                del self.lines[first : first + 1]
            case "go back":
                self.go_back(first)
            case "lose the hash":
                self.device.previous = NOTHING
            case "begin anew":
                self.begin_anew()

    def write(self, achievement: int, days: int) -> None:
        entry = self.device.write(self.achievements[achievement], now() - timedelta(days=days))
        self.lines.append((entry, self.device.hash_of(entry), achievement, days > 14))

    def edit(self, place: int) -> None:
        """Change a line without the device's secret."""
        if place < len(self.lines):
            entry, *others = self.lines[place]
            self.lines[place] = ({**entry, "achievement_id": "ACH_EDITED"}, *others)

    def go_back(self, place: int) -> None:
        """Go on behind an earlier line, as after a saved game was loaded."""
        for entry, hash_, *_ in self.lines[place : place + 1]:
            self.device.sequence, self.device.previous = entry["sequence"], hash_

    def begin_anew(self) -> None:
        head = self.device.api.get("achievements/journal").json()
        self.device.sequence, self.device.previous = head["sequence"], head["hash"]
        self.lines = []


WRITE, SEND = ("write", 0, 0, 0), ("send", 0, 0, 9)


@example(script=[WRITE, ("write", 0, 1, 3), SEND, ("go back", 0, 0, 0), ("write", 0, 2, 0), SEND])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(acts, min_size=6, max_size=20))
def test_any_journals_come_to_what_the_model_says(game: Game, script: list[Any]) -> None:
    player, model = make_player(), Model()
    achievements = [make_achievement(game, setter=setter) for setter in ["client"] * 4 + ["server"]]
    files = [File(JournalDevice(player, game), achievements) for _ in range(2)]
    events = OutboxEntry.objects.count()

    for act, device, first, second in script:
        if act == "send":
            send(files[device], device, model, files[device].lines[first:second])
        else:
            files[device].change(act, first, second)

    assert set(Unlock.objects.filter(player=player).values_list("achievement_id", flat=True)) == {
        achievements[number].id for number in model.earned
    }
    assert OutboxEntry.objects.count() - events == len(model.earned)
    for number, file in enumerate(files):
        rows = JournalEntry.objects.filter(device=file.device.device).order_by("sequence")
        assert list(rows.values_list("hash", flat=True)) == model.accepted[number]
        assert list(rows.values_list("is_late", flat=True)) == [
            model.is_late[number, place] for place in range(1, len(rows) + 1)
        ]


def send(file: File, device: int, model: Model, lines: list[Any]) -> None:
    if not lines:
        return
    response = file.device.send(*[entry for entry, *_ in lines])
    if any(entry["achievement_id"] == "ACH_EDITED" for entry, *_ in lines):
        assert (response.status_code, response.json()["code"]) == (403, "journal_edited")
    else:
        assert [item["status"] for item in response.json()["results"]] == model.take(device, lines)
