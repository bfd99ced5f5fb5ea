"""What players want to be notified of, by kind and road. Only what differs from a kind's default is stored.

Turning all emails off stores one row for ANY kind: kinds not turned on again by name stay off, future ones too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext

from apps.core.database.composed import Tuples, composed
from apps.core.database.sql import text_array
from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import one_of
from apps.notifications.kinds import KINDS, NAMES
from apps.notifications.kinds.base import Choice, Kind, Note, Road
from apps.notifications.models import Preference

_CHOSEN = """
SELECT player_id, kind, road, choice FROM notification_preference
WHERE player_id = ANY (%s::text::uuid[]) AND kind = ANY (%s) AND road IN ('inbox', 'socket')
"""
_MAIL_CHOSEN = """
SELECT player_id, kind, road, choice FROM notification_preference
WHERE player_id = ANY (%s::text::uuid[]) AND road IN ('inbox', 'email')
"""
# The player may have been erased since the link was created.
_MAIL_OFF = """
INSERT INTO notification_preference (player_id, kind, road, choice)
SELECT id, %(any)s, 'email', 'none' FROM player WHERE id = %(player_id)s ON CONFLICT DO NOTHING
"""
ANY = "*"
Chosen = dict[tuple[str, Road], Choice]
_Chosen = dict[tuple[UUID, str, Road], Choice]


@composed
def _chosen_by(player_id: UUID) -> Tuples:
    return Preference.objects.filter(player_id=player_id).values_list("kind", "road", "choice")


def preferences_of(player_id: UUID) -> Chosen:
    """Return the player's choice for every kind and road. One query."""
    saved = {(kind, Road(road)): Choice(choice) for kind, road, choice in _chosen_by.rows(player_id=player_id)}
    return {
        (kind.key, road): saved.get((kind.key, road)) or _unless_chosen(kind, road, saved)
        for kind in KINDS.values()
        for road in kind.roads
    }


@transaction.atomic
def choose(*, player_id: UUID, choices: Sequence[Mapping[str, str]]) -> None:
    """Set the choices, each {kind, road, choice}, and leave the others. Raises: InvalidError, with every problem."""
    _require_known(choices)
    for_any = Preference.objects.filter(player_id=player_id, kind=ANY)
    saved = {(row.kind, Road(row.road)): Choice(row.choice) for row in for_any}
    for item in choices:
        row_key: dict[str, Any] = {"player_id": player_id, "kind": item["kind"], "road": item["road"]}
        if item["choice"] == _unless_chosen(KINDS[item["kind"]], Road(item["road"]), saved):
            Preference.objects.filter(**row_key).delete()
        else:
            Preference.objects.update_or_create(**row_key, defaults={"choice": item["choice"]})


@transaction.atomic
def turn_mail_off(*, player_id: UUID) -> None:
    """Turn off a player's email for every kind, including kinds that don't exist yet."""
    Preference.objects.filter(player_id=player_id, road=Road.EMAIL).exclude(kind=ANY).delete()
    with connection.cursor() as cursor:
        cursor.execute(_MAIL_OFF, {"any": ANY, "player_id": player_id})


def wanted(notes: Iterable[Note]) -> list[tuple[Note, bool]]:
    """Return the notes that players want in their inboxes, each with whether it is quiet on sockets. One query."""
    listed = list(notes)
    chosen = _chosen({note.player_id for note in listed}, {note.kind for note in listed})
    return [
        (note, _choice(chosen, note, Road.SOCKET) == Choice.NONE)
        for note in listed
        if _choice(chosen, note, Road.INBOX) != Choice.NONE
    ]


def inbox_choices(player_ids: Collection[UUID], kind: type[Kind]) -> dict[UUID, Choice]:
    """Return players' choices for a kind in their inbox; leaves out those who have the default. One query."""
    chosen = _chosen(player_ids, {kind.key})
    return {player_id: choice for (player_id, _, road), choice in chosen.items() if road == Road.INBOX}


def mailed_kinds(player_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Return for each player the kinds that go into their email. One query."""
    saved: dict[UUID, Chosen] = {player_id: {} for player_id in player_ids}
    with connection.cursor() as cursor:
        cursor.execute(_MAIL_CHOSEN, [text_array(player_id.hex for player_id in player_ids)])
        for player_id, kind, road, choice in cursor.fetchall():
            saved[player_id][kind, Road(road)] = Choice(choice)
    return {
        player_id: {kind.key for kind in KINDS.values() if _is_mailed(kind, chosen)}
        for player_id, chosen in saved.items()
    }


def _is_mailed(kind: type[Kind], saved: Chosen) -> bool:
    # A kind that is turned off in the inbox is left out too, also what came before that.
    if saved.get((kind.key, Road.INBOX)) == Choice.NONE:
        return False
    return (saved.get((kind.key, Road.EMAIL)) or _unless_chosen(kind, Road.EMAIL, saved)) == Choice.DIGEST


def _unless_chosen(kind: type[Kind], road: Road, saved: Chosen) -> Choice:
    """Return the default choice of a kind."""
    return saved.get((ANY, road)) or kind.roads[road][0]


def _choice(chosen: _Chosen, note: Note, road: Road) -> Choice:
    # Most players have chosen nothing; each look would hash an id in Python.
    saved = chosen.get((note.player_id, note.kind, road)) if chosen else None
    return saved or KINDS[note.kind].roads[road][0]


def _chosen(player_ids: Collection[UUID], kinds: Collection[str]) -> _Chosen:
    # Every step of the relay runs this: building the query from models took three times as long as the query.
    with connection.cursor() as cursor:
        cursor.execute(_CHOSEN, [text_array(player_id.hex for player_id in player_ids), list(kinds)])
        return {(row[0], row[1], Road(row[2])): Choice(row[3]) for row in cursor.fetchall()}


def _require_known(choices: Sequence[Mapping[str, str]]) -> None:
    flaws = [flaw for index, item in enumerate(choices) if (flaw := _flaw_of(item, f"/preferences/{index}"))]
    flaws = flaws or _repeated(choices)
    if flaws:
        raise InvalidError(gettext("Some of these can't be chosen; nothing was changed."), flaws=flaws)


def _flaw_of(item: Mapping[str, str], pointer: str) -> Flaw | None:
    kind = KINDS.get(item["kind"])
    if kind is None:
        return Flaw(f"{pointer}/kind", *one_of(NAMES))
    allowed = kind.roads.get(Road(item["road"]))
    if allowed is None:
        return Flaw(f"{pointer}/road", *one_of(road for road in Road if road in kind.roads))
    if item["choice"] in allowed:
        return None
    return Flaw(f"{pointer}/choice", *one_of(choice for choice in Choice if choice in allowed))


def _repeated(choices: Sequence[Mapping[str, str]]) -> list[Flaw]:
    pairs = [(item["kind"], item["road"]) for item in choices]
    return [
        Flaw(
            f"/preferences/{index}",
            "duplicate",
            gettext("{kind} by {road} is here twice.").format(kind=kind, road=road),
        )
        for index, (kind, road) in enumerate(pairs)
        if pairs.index((kind, road)) < index
    ]
