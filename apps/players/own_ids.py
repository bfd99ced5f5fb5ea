"""The ids under which a caller may report: their player's, and those of players merged into that one."""

from functools import cached_property
from uuid import UUID

from apps.players.models import Player


class OwnIds(tuple[UUID, ...]):
    """The ids that a caller has, the player's current one first; none for a key.

    It contains the ids of merged players too, which only an id that is none of these is compared with: one query then,
    however many follow.
    """

    def __contains__(self, player_id: object) -> bool:
        return super().__contains__(player_id) or player_id in self._merged_ids

    @cached_property
    def _merged_ids(self) -> frozenset[UUID]:
        return frozenset(Player.objects.filter(merged_into__in=self[:1]).values_list("pk", flat=True))
