"""What a view leaves beside a finished response that may serve others too: whom, and for how long."""

from collections.abc import Hashable
from typing import Final, NamedTuple

from apps.core.redis.versioned_cache import Validity

# The list in the WSGI environ that a view adds to; absent where nobody stores its response.
SHAREABLE = "laurel.shareable"
EVERYONE: Final = "everyone"
ANONYMOUS: Final = "anonymous"
# Cacheable by anyone and revalidated each time: 304 while nothing has changed.
REVALIDATED: Final = "public, max-age=0, must-revalidate"
# Anonymous without any key.
KEYLESS: Final = "keyless"
# Beside the list, whether the same was requested lately: what few request is left from then on alone.
IS_REPEATED = "laurel.is-repeated"


class Shareable(NamedTuple):
    """Who may be sent a response, of those that its view admits, and while what holds.

    `audience` is EVERYONE, ANONYMOUS (also who brings a publishable key), KEYLESS, a game's id (its keys), or
    `publishable_audience` of one. Only those of a game may be sent what is not public.
    """

    audience: Hashable
    validity: Validity
    # What a key needs; None where no key may call.
    key_scope: str | None
    is_for_anonymous: bool
    # The limit that calls count against; None for pages, which have none.
    rate: str | None

    @property
    def is_public(self) -> bool:
        return self.audience in {EVERYONE, ANONYMOUS, KEYLESS}


def publishable_audience(of: Hashable) -> Hashable:
    """Return the audience that brings the publishable keys of one owner, whose others are an audience by its id."""
    return "publishable", of
