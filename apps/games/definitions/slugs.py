"""Slugs made from names."""

from django.utils.text import slugify

from apps.core.parsing.values import read_uuid
from apps.games.definitions.rules import RESERVED_SLUGS
from apps.games.models import Game, Studio

LENGTH_MAX = 60


def free_slug(model: type[Game] | type[Studio], name: str, *, fallback: str) -> str:
    """Return a unique slug for the name; `fallback` is the stem for names without Latin letters."""
    stem = slugify(name)[: LENGTH_MAX - 6].strip("-") or fallback
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED_SLUGS
    if stem not in taken and read_uuid(stem) is None:
        return stem
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken)
