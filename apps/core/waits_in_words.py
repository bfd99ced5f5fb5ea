"""When to try again, in words."""

from math import ceil

from django.utils.translation import ngettext

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600


def try_again_in(seconds: int) -> str:
    """Return the sentence that says when to come back, rounded up to a unit that people count in."""
    if seconds <= 2 * _MINUTE:
        return ngettext("Try again in {n} second.", "Try again in {n} seconds.", seconds).format(n=seconds)
    if seconds <= 2 * _HOUR:
        minutes = ceil(seconds / _MINUTE)
        return ngettext("Try again in {n} minute.", "Try again in {n} minutes.", minutes).format(n=minutes)
    if seconds <= 2 * _DAY:
        hours = ceil(seconds / _HOUR)
        return ngettext("Try again in {n} hour.", "Try again in {n} hours.", hours).format(n=hours)
    days = ceil(seconds / _DAY)
    return ngettext("Try again in {n} day.", "Try again in {n} days.", days).format(n=days)
