"""Pushes notifications to sockets: hints only, as the inbox has everything."""

from collections.abc import Iterable
from uuid import UUID

from apps.core.realtime import publishing
from apps.games.channel_groups import tail_group
from apps.notifications.inbox.frames import event_frame
from apps.notifications.inbox.store import Stored
from apps.players.channel_groups import player_group


def pushes(stored: Iterable[Stored]) -> list[publishing.Message]:
    """Return one message per player: {frames: [[seq, game id in hex, text], ...]}, ascending."""
    frames: dict[UUID, list[tuple[int, str, str]]] = {}
    for item in stored:
        text = event_frame(item.seq, item.note.kind, item.created_at, item.payload, is_quiet=item.is_quiet)
        game = item.note.game_id.hex if item.note.game_id else ""
        frames.setdefault(item.note.player_id, []).append((item.seq, game, text))
    return [
        (player_group(player_id), {"type": "player.events", "frames": player_frames})
        for player_id, player_frames in frames.items()
    ]


def tail_hints(game_ids: Iterable[UUID]) -> list[publishing.Message]:
    """Return the messages that make games' live pages refresh."""
    message: dict[str, object] = {"type": "unlocks.arrived"}
    return [(tail_group(game_id), message) for game_id in sorted(set(game_ids))]
