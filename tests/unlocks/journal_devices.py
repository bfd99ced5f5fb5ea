"""A device's journal as a game keeps it."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from apps.games.models import Game
from apps.players.models import Player
from tests.conftest import Api
from tests.factories import make_device, make_device_token

SECRET = "ld_of-tests"
NOTHING = "0" * 64


class JournalDevice:
    """A device that chains and signs by the document alone, without the server's code."""

    def __init__(self, player: Player, game: Game) -> None:
        self.device = make_device(player, game, secret=SECRET)
        self.sequence, self.previous = 0, NOTHING
        self.renew()

    def renew(self) -> None:
        """Call with a new token."""
        self.api = Api(make_device_token(self.device))

    def write(self, achievement: Any, earned_at: datetime | str) -> dict[str, Any]:
        """Return the next entry, and go on behind it."""
        text = earned_at if isinstance(earned_at, str) else earned_at.isoformat()
        entry = self.entry(self.sequence + 1, self.previous, str(getattr(achievement, "key", achievement)), text)
        self.sequence, self.previous = entry["sequence"], self.hash_of(entry)
        return entry

    def entry(self, sequence: int, previous: str, achievement: str, earned_at: str) -> dict[str, Any]:
        entry = {"sequence": sequence, "previous_hash": previous, "achievement_id": achievement, "earned_at": earned_at}
        return {**entry, "signature": hmac.new(SECRET.encode(), self.text_of(entry), hashlib.sha256).hexdigest()}

    def text_of(self, entry: dict[str, Any]) -> bytes:
        lines = ["laurel-journal-1", str(self.device.id), str(entry["sequence"])]
        return "\n".join([*lines, entry["previous_hash"], entry["achievement_id"], entry["earned_at"]]).encode()

    def hash_of(self, entry: dict[str, Any]) -> str:
        return hashlib.sha256(self.text_of(entry)).hexdigest()

    def send(self, *entries: dict[str, Any]) -> Any:
        return self.api.post("achievements/journal", {"entries": list(entries)})
