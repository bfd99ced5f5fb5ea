"""A body that each operation takes, and a world in which it does."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from apps.core.api.auth.callers import Scope
from apps.games.models import Achievement, Game
from apps.players.models import Player
from apps.unlocks.models import Journal, JournalEntry, UnlockImport
from tests.conftest import Api
from tests.factories import (
    make_account,
    make_achievement,
    make_key,
    make_player,
    make_publishable_key,
    make_set,
    make_studio,
)
from tests.input.described import Member
from tests.unlocks.journal_devices import NOTHING, JournalDevice

# Stands where a test writes JSON of its own.
HERE = "\u2042"
# Around today, so that either may be now.
TIMES = {"opens_at": "2020-12-01T00:00:00Z", "closes_at": "2090-12-24T00:00:00Z"}


@dataclass
class World:
    """One game with a draft and a published achievement, its server's key, its owner, and its player."""

    server: Api
    owner: Api
    person: Api
    game: Game
    player: Player
    lamps: Achievement
    draft: Achievement
    # A game that is shipped with a publishable key, and a device of the player.
    shipped: Api
    device: JournalDevice
    past: UnlockImport

    def caller_of(self, path: str) -> Api:
        if path.startswith("players/me/"):
            return self.person
        if path.startswith(("devices/", "guests")):
            return self.shipped
        if path == "achievements/journal":
            return self.device.api
        return self.owner if "/webhooks" in path or "/keys" in path else self.server

    def filled(self, path: str) -> str:
        values = {
            "game_id": self.game.id,
            "player": self.player.id,
            "player_id": self.player.id,
            "achievement": self.draft.id,
            "achievement_set": "winter",
            "external_id": "steam-1",
            "device_id": self.device.device.id,
            "import_id": self.past.id,
        }
        return path.format(**values)

    def body(self, path: str, pointer: str) -> Any:
        """Return a body that the operation takes and that has the member."""
        report = {"player_id": str(self.player.id), "achievement_id": str(self.lamps.id)}
        steps = report | {"verb": "set_at_least", "steps": 3}
        definition = {"key": "ACH_NEW", "name": "New", "points": 3, "kind": "incremental", "target": 3}
        bodies = {
            "achievements/unlock": report,
            "achievements/unlock/batch": {"unlocks": [report]},
            "achievements/journal": {
                "entries": [self.device.entry(3, NOTHING, str(self.lamps.id), "2026-11-24T18:04:05Z")]
            },
            "achievements/progress": steps,
            "achievements/progress/batch": {"reports": [steps]},
            "manage/games/{game_id}": {"name": "Lamps"},
            "manage/games/{game_id}/achievements": definition,
            "manage/games/{game_id}/achievements/{achievement}": {"kind": "incremental", "target": 3},
            "manage/games/{game_id}/achievements/{achievement}/publish": {},
            "manage/games/{game_id}/changes/publish": {},
            "manage/games/{game_id}/sets": {"key": "spring", "title": "Spring", "kind": "event", **TIMES},
            "manage/games/{game_id}/sets/{achievement_set}": {"kind": "event", **TIMES},
            "manage/games/{game_id}/definitions": {
                "format": "laurel.achievements",
                "version": 1,
                "sets": [{"key": "spring", "title": "Spring", "kind": "event", **TIMES}],
                "achievements": [definition],
            },
            "manage/games/{game_id}/unlock-imports": {"expected_count": 3},
            "manage/games/{game_id}/unlock-imports/{import_id}/unlocks": {
                "unlocks": [report | {"unlocked_at": "2012-05-01T10:00:00Z"}]
            },
            "manage/games/{game_id}/revocations": {"player_id": str(self.player.id), "reason": "A bug."},
            "players/{player}/playtime": {"session_id": "evening", "seconds": 3},
            "players/me/notifications/read": {"up_to_seq": 0},
            "players/me/tokens": {"game_id": str(self.game.id)},
        }
        return deepcopy(bodies[path])

    def send(self, member: Member, json: str) -> Any:
        """Send a body that is right but for one member, which is written as `json`."""
        body = self.body(member.path, member.pointer)
        place = body
        *way, name = member.pointer[1:].split("/")
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[name] = HERE
        text = orjson.dumps(body).decode().replace(f'"{HERE}"', json)
        if member.path == "achievements/journal":
            # As if nothing had been handed over before, which a refused entry is, too.
            JournalEntry.objects.all().delete()
            Journal.objects.update(sequence=2, hash=NOTHING)
            text = self._signed(text)
        return self.caller_of(member.path).request(member.method, self.filled(member.path), text)

    def _signed(self, text: str) -> str:
        """Return a journal of one entry with the signature of what it says, where that can be signed."""
        (entry,) = orjson.loads(text)["entries"]
        if not isinstance(entry["sequence"], float | int):
            return text
        signed = self.device.entry(
            int(entry["sequence"]) if entry["sequence"] < 100 else 1,
            *(entry[name] for name in ("previous_hash", "achievement_id", "earned_at")),
        )
        return text.replace(entry["signature"], signed["signature"])


def make_world(game: Game, as_account: Callable[[Any], Api], as_player: Callable[[Player], Api]) -> World:
    owner = make_account()
    game.studio = make_studio(owner=owner)
    game.save()
    player = make_player()
    server = Api(make_key(game, scopes=list(Scope)))
    server.unlock(player, make_achievement(game, points=1))
    make_set(game, "event", key="winter", **{name: datetime.fromisoformat(at) for name, at in TIMES.items()})
    device = JournalDevice(player, game)
    Journal.objects.create(device=device.device, sequence=2, hash=NOTHING)
    return World(
        server=server,
        owner=as_account(owner),
        person=as_player(player),
        game=game,
        player=player,
        lamps=make_achievement(game, kind="incremental", target=9, points=1, setter="client"),
        draft=make_achievement(game, state="draft", points=1),
        shipped=Api(make_publishable_key(game)),
        device=device,
        past=UnlockImport.objects.create(game=game, expected_count=3, created_by="command"),
    )
