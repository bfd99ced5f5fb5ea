"""Another player follows the player."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.notifications.kinds.base import ALL_OR_NONE, MAILED, Note, Payload, Road, Roads
from apps.notifications.payloads.subjects import shown_players
from apps.players.events import PlayerFollowed
from apps.players.queries import seen_pairs


class NewFollower:
    """Payload: {player: {id, handle, display_name, avatar_url}}."""

    key: ClassVar[str] = "new_follower"
    label: ClassVar[Promise] = gettext_lazy("New followers")
    audience: ClassVar[Promise] = gettext_lazy("Sent when someone follows you.")
    # Following again after unfollowing sends nothing.
    sent_again_after: ClassVar[timedelta | None] = timedelta(days=30)
    roads: ClassVar[Roads] = {Road.INBOX: ALL_OR_NONE, Road.SOCKET: ALL_OR_NONE, Road.EMAIL: MAILED}

    @staticmethod
    def title(payload: Payload) -> str:
        return gettext("{player} follows you").format(player=payload["player"]["display_name"])

    @staticmethod
    def body(payload: Mapping[str, object]) -> str:
        return gettext("They are notified when you earn something.")

    @staticmethod
    def link(payload: Payload) -> str:
        return f"/players/{payload['player']['handle']}/"


def notes_of(events: Sequence[PlayerFollowed]) -> list[Note]:
    """Return a note for each event whose follower the player may see. Cost: two queries."""
    seen = seen_pairs({(event.followed_id, event.follower_id) for event in events})
    players = shown_players({follower_id for _, follower_id in seen})
    return [
        Note(
            event.followed_id, NewFollower.key, event.followed_at, {"player": player},
            dedupe_key=f"follower:{event.follower_id.hex}",
        )
        for event in events
        if (event.followed_id, event.follower_id) in seen and (player := players.get(event.follower_id))
    ]  # fmt: skip
