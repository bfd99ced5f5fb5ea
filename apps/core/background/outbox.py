"""The outbox: events, written in the transaction of what happened and read by the relay alone."""

from collections.abc import Iterable
from dataclasses import Field, fields
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import orjson
from django.db import connection

from apps.core.background.version_changes import change_soon
from apps.core.models import OutboxEntry


class Event:
    """Base of events: frozen dataclasses named in the past tense and stored under a stable `kind`."""

    kind: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    # Carried out while no other step runs, because it takes back what earlier events did.
    is_barrier: ClassVar[bool] = False
    # Gives what a barrier before it may have taken, so it never overtakes one.
    follows_barriers: ClassVar[bool] = False

    def version_keys(self) -> Iterable[str]:
        """Return the versions that change with it: when it is recorded here, and when it has been carried out."""
        return ()


E = TypeVar("E", bound=Event)
_types: dict[str, type[Event]] = {}
_readers: dict[Any, Any] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    datetime | None: lambda text: None if text is None else datetime.fromisoformat(text),
    date: date.fromisoformat,
    int: int,
    str: str,
    bool: bool,
    # Of events of many.
    tuple[UUID, ...]: lambda values: tuple(map(UUID, values)),
}


def event(cls: type[E]) -> type[E]:
    """Register an event class under its kind."""
    if _types.setdefault(cls.kind, cls) is not cls:
        raise ValueError(f"Two events share the kind {cls.kind}")
    return cls


def ordered_kinds() -> list[str]:
    """Return the kinds of barriers, and of what never overtakes one."""
    return [kind for kind, cls in _types.items() if cls.is_barrier or cls.follows_barriers]


def record(events: Iterable[Event]) -> None:
    """Write events to the outbox. Call inside the transaction of the change that they describe."""
    if not connection.in_atomic_block:
        raise RuntimeError("Record an event in the transaction of its cause, or it may be lost.")
    recorded = list(events)
    OutboxEntry.objects.bulk_create(
        # Not by Django's encoder, which cuts times to milliseconds.
        OutboxEntry(kind=item.kind, payload=orjson.loads(orjson.dumps(item)))
        for item in recorded
    )
    change_soon(versions_of(recorded))


def versions_of(events: Iterable[Event]) -> set[str]:
    """Return all the versions that change with these."""
    return {key for item in events for key in item.version_keys()}


def record_missing(events: Iterable[Event]) -> list[Event]:
    """Record those of the events that the outbox lacks, and return them; a parked one waits there for a person.

    Cost: nothing without events; else a scan of the outbox. Call as record.
    """
    wanted = list(events)
    kinds = {item.kind for item in wanted}
    held = OutboxEntry.objects.filter(kind__in=kinds).values_list("kind", "payload")
    recorded = {decode(*row) for row in held}
    missing = [item for item in wanted if item not in recorded]
    record(missing)
    return missing


def decode(kind: str, payload: dict[str, Any]) -> Event:
    """Return the event of a row; what it lacks has its default. Raises: KeyError for an unknown kind, TypeError."""
    cls = _types[kind]
    sent = (field for field in fields(cls) if field.name in payload)
    return cls(**{field.name: _readers[field.type](payload[field.name]) for field in sent})
