"""Formats numbers and names for pages."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.players.models import Region

register = template.Library()

# A narrower bar in a box of 100 units would be invisible.
NARROWEST_BAR = 0.012
_REGIONS = {region.value: region for region in Region}


@register.filter
def percent(share: float | None) -> str:
    """Return a share of 1 as a percentage: one decimal, two below one percent."""
    if share is None:
        return ""
    value = 100 * share
    if 0 < value < 0.01:
        return gettext("under 0.01%")
    return f"{value:.2f}%" if 0 < value < 1 else f"{value:.1f}%"


@register.filter
def unit_width(share: float | None) -> str:
    """Return a bar's width in a box one unit wide, always wide enough to be visible."""
    return f"{min(1.0, max(NARROWEST_BAR, share or 0.0)):.4f}"


@register.filter
def grouped(number: int | None) -> str:
    """Return a count with thousands separators."""
    return "" if number is None else f"{number:,}"


@register.filter
@lru_cache(maxsize=10_000)
def breakable(key: str) -> SafeString:
    """Return a key that a narrow line breaks between its words, behind underscores, dots, colons and hyphens."""
    words = re.findall(r"[^_.:-]*[_.:-]*", key)
    return format_html_join(SafeString("<wbr>"), "{}", ((word,) for word in words if word))


@register.filter
@lru_cache(maxsize=10_000)
def moment(at: datetime) -> SafeString:
    """Return a time element in UTC, which JavaScript makes relative; a filter, for tables of them."""
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-when>{}</time>',
        utc.isoformat(timespec="seconds"),
        f"{utc.day} {utc:%b %Y, %H:%M} UTC",
    )


@register.filter
def region_name(code: str) -> str:
    return str(_REGIONS[code].label) if code in _REGIONS else code


@register.filter
def rank_text(rank: int | None) -> str:
    """Return a rank as an ordinal: 1st, 2nd, 3rd, 11th."""
    if rank is None:
        return ""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"


@register.filter
def is_among(row: Any, rows: Sequence[Any]) -> bool:
    """Whether the viewer's row is on the page."""
    return row.is_viewer and any(other.is_viewer for other in rows)
