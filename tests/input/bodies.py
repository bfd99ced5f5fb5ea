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
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_key, make_player, make_set, make_studio
from tests.input.described import Member

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

    def caller_of(self, path: str) -> Api:
        if path.startswith("players/me/"):
            return self.person
        return self.owner if "/webhooks" in path or "/keys" in path else self.server

    def filled(self, path: str) -> str:
        values = {
            "game_id": self.game.id,
            "player": self.player.id,
            "player_id": self.player.id,
            "achievement": self.draft.id,
            "achievement_set": "winter",
            "external_id": "steam-1",
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
        return self.caller_of(member.path).request(member.method, self.filled(member.path), text)


def make_world(game: Game, as_account: Callable[[Any], Api], as_player: Callable[[Player], Api]) -> World:
    owner = make_account()
    game.studio = make_studio(owner=owner)
    game.save()
    player = make_player()
    server = Api(make_key(game, scopes=list(Scope)))
    server.unlock(player, make_achievement(game, points=1))
    make_set(game, "event", key="winter", **{name: datetime.fromisoformat(at) for name, at in TIMES.items()})
    return World(
        server=server,
        owner=as_account(owner),
        person=as_player(player),
        game=game,
        player=player,
        lamps=make_achievement(game, kind="incremental", target=9, points=1),
        draft=make_achievement(game, state="draft", points=1),
    )
