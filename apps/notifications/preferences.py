"""What players want to be told of, by kind and road. Only what differs from the kind's own way is kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.core.errors import Flaw, InvalidError
from apps.notifications.kinds import KINDS
from apps.notifications.kinds.base import Choice, Note, Road
from apps.notifications.models import Preference

_TURNED_OFF = """
SELECT player_id, kind FROM notification_preference WHERE player_id = ANY (%s) AND road = %s AND choice = %s
"""
Chosen = dict[tuple[str, Road], Choice]


def preferences_of(player_id: UUID) -> Chosen:
    """Return the player's choice for each kind and road there is. One query."""
    kept = {(row.kind, row.road): row.choice for row in Preference.objects.filter(player_id=player_id)}
    return {
        (kind.key, road): Choice(kept.get((kind.key, road), choices[0]))
        for kind in KINDS.values()
        for road, choices in kind.roads.items()
    }


@transaction.atomic
def choose(*, player_id: UUID, choices: Sequence[Mapping[str, str]]) -> None:
    """Set the choices, each {kind, road, choice}, and leave the others. Raises: InvalidError, all of it at once."""
    _require_known(choices)
    for item in choices:
        place: dict[str, Any] = {"player_id": player_id, "kind": item["kind"], "road": item["road"]}
        if item["choice"] == KINDS[item["kind"]].roads[Road(item["road"])][0]:
            Preference.objects.filter(**place).delete()
        else:
            Preference.objects.update_or_create(**place, defaults={"choice": item["choice"]})


def wanted(notes: Iterable[Note], road: Road) -> list[Note]:
    """Return the notes whose players have not turned them off on this road. One query."""
    listed = list(notes)
    unwanted = set(_turned_off({note.player_id for note in listed}, road))
    return [note for note in listed if (note.player_id, note.kind) not in unwanted] if unwanted else listed


def _turned_off(player_ids: Collection[UUID], road: Road) -> Iterable[tuple[UUID, str]]:
    # Every step of the relay asks: making this query from models took three times as long as answering it.
    with connection.cursor() as cursor:
        cursor.execute(_TURNED_OFF, [list(player_ids), road.value, Choice.NONE.value])
        return [(player_id, kind) for player_id, kind in cursor.fetchall()]


def _require_known(choices: Sequence[Mapping[str, str]]) -> None:
    flaws = []
    for index, item in enumerate(choices):
        kind = KINDS.get(item["kind"])
        allowed = kind.roads.get(Road(item["road"]), ()) if kind else ()
        if item["choice"] not in allowed:
            there_are = f"choose one of {', '.join(allowed)}" if allowed else "there is no such kind on this road"
            flaws.append(Flaw(f"/preferences/{index}", "invalid", f"{item['kind']} by {item['road']}: {there_are}."))
    if flaws:
        raise InvalidError("Some of these can't be chosen; nothing was changed.", flaws=flaws)
