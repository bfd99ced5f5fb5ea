"""Whether pages fit a phone, also with the longest names that people may choose."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models
from playwright.sync_api import Page

from apps.games.models import Achievement
from apps.players.models.players import DISPLAY_NAME_VISIBLE
from tests.browser.conftest import PHONE
from tests.supervised import CHECKOUT

# The narrowest screen that content must fit without sideways scrolling (WCAG 1.4.10).
NARROWEST = 320
MISFITS = (CHECKOUT / "tests/browser/misfits.js").read_text(encoding="utf-8")
# The columns that hold what people choose, and what lies in them that people don't.
ADDRESSES = ("url", "link")
CHOSEN = ("name", "display_name", "handle", "title", "tagline", "description", "text", "key", "email", *ADDRESSES)
# The greatest numbers that a studio may choose.
GREATEST = {"points": 1000, "target": 2_147_483_647}
INTERNAL = ("ApiKey.text", "GameStatistic.name")


def lacking(page: Page, paths: Iterable[str]) -> list[str]:
    """Return what the widths of phones are too small for, one line a page and width."""
    found = []
    for path in paths:
        page.goto(path)
        found += lacking_on_phones(page, path)
    return found


def lacking_on_phones(page: Page, what: str) -> list[str]:
    found = []
    for width in (NARROWEST, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        if problems := lacking_here(page):
            found.append(f"{what} at {width}: {'; '.join(problems[:6])}")
    return found


def lacking_here(page: Page) -> list[str]:
    """Return what the page's width is too small for."""
    return list(page.evaluate(MISFITS))


@contextmanager
def longest_names() -> Iterator[None]:
    """Have all that people choose be one unbroken word or number of the greatest length, and put it back at the end."""
    before = [(model._base_manager, fields, list(model._base_manager.all())) for model, fields in chosen_fields()]
    try:
        for manager, fields, _ in before:
            rows = list(manager.all())
            for number, row in enumerate(rows, start=1):
                for field in fields:
                    if field.name not in GREATEST:
                        setattr(row, field.name, longest(field.name, field.max_length, number))
                    elif getattr(row, field.name) is not None:
                        setattr(row, field.name, GREATEST[field.name])
            manager.bulk_update(rows, [field.name for field in fields])
        yield
    finally:
        for manager, fields, rows in before:
            manager.bulk_update(rows, [field.name for field in fields])


def chosen_fields() -> Iterator[tuple[type[models.Model], list[Any]]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.") and model._meta.managed]
    for model in (*ours, EmailAddress):
        fields = [
            field
            for field in model._meta.concrete_fields
            if ((field.name in CHOSEN and field.max_length) or (model is Achievement and field.name in GREATEST))
            and not field.primary_key
            and f"{model.__name__}.{field.name}" not in INTERNAL
        ]
        if fields:
            yield model, fields


def longest(name: str, length: int, number: int = 1) -> str:
    """Return one word of W of the length, unlike that of any other number."""
    end = f"{number:04}"
    if name == "email":
        return f"{'w' * 60}{end}@{'w' * 60}.example"
    if name == "display_name":
        length = DISPLAY_NAME_VISIBLE
    begin = "https://" if name in ADDRESSES else ""
    return begin + "W" * (length - len(begin) - len(end)) + end


def with_longest_names(payload: Any) -> Any:
    """Return a notification's payload with the names in it as long as they may be."""
    if isinstance(payload, list):
        return [with_longest_names(item) for item in payload]
    if not isinstance(payload, dict):
        return payload
    lengths = {"name": 80, "title": 80, "handle": 24, "display_name": 40, "text": 500}
    return {
        name: longest(name, lengths[name]) if name in lengths and value else with_longest_names(value)
        for name, value in payload.items()
    }
