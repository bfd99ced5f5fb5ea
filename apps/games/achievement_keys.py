"""Achievements by their keys, which are equal without regard to case."""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower

from apps.games.models import Achievement


def fold_key(key: str) -> str:
    """Return the form that equal keys share: what lower() of the column is."""
    # Outside of ASCII, where there are no keys, Python would turn the Kelvin sign into a k.
    return key.lower() if key.isascii() else key


def named(rows: QuerySet[Achievement], reference: UUID | str) -> QuerySet[Achievement]:
    """Narrow a game's achievements to the one with this id or key."""
    if isinstance(reference, UUID):
        return rows.filter(pk=reference)
    return rows.alias(folded_key=Lower("key")).filter(folded_key=fold_key(reference))
