"""Handles: which are reserved, and which can pass for each other.

Unicode's data, by confusable-homoglyphs, says what looks alike; of handles' characters these are 0 and O, 1, l and I,
m and rn. Handles ignore case, so any two of a group are one: I is i, hence i is l.
"""

from collections.abc import Mapping
from functools import cache
from string import ascii_letters, digits

from confusable_homoglyphs.utils import load
from django.conf import settings
from django.utils.crypto import salted_hmac

LETTERS = frozenset(f"{ascii_letters}{digits}_-")
# Addresses of the site, which a test compares with its routes, and whoever speaks for it.
RESERVED = frozenset(
    [
        "accounts",
        "account",
        "admin",
        "administrator",
        "all",
        "anonymous",
        "api",
        "billing",
        "blog",
        "by-external-id",
        "contact",
        "deleted",
        "docs",
        "everyone",
        "feedback",
        "games",
        "global",
        "health",
        "healthz",
        "help",
        "helpdesk",
        "here",
        "home",
        "host",
        "hostmaster",
        "info",
        "inbox",
        "laurel",
        "laurels",
        "leaderboard",
        "leaderboards",
        "legal",
        "livez",
        "login",
        "logout",
        "mail",
        "mailer-daemon",
        "media",
        "metrics",
        "mod",
        "moderator",
        "moderators",
        "mods",
        "news",
        "nobody",
        "noreply",
        "no-reply",
        "notification",
        "notifications",
        "null",
        "official",
        "operator",
        "operators",
        "owner",
        "password",
        "ping",
        "player",
        "players",
        "portal",
        "postmaster",
        "privacy",
        "profile",
        "readyz",
        "register",
        "root",
        "schema",
        "security",
        "server",
        "service",
        "settings",
        "signup",
        "site",
        "staff",
        "static",
        "status",
        "studio",
        "studios",
        "support",
        "sysadmin",
        "system",
        "team",
        "teams",
        "terms",
        "undefined",
        "unknown",
        "user",
        "users",
        "webhooks",
        "webmaster",
    ]
)
_SALT = "laurel.former-handle"


def shape_of(handle: str) -> str:
    """Return what a handle looks like, the same for all that can pass for each other."""
    shapes = _shapes()
    return "".join(shapes[character] for character in handle.lower())


def is_reserved(handle: str) -> bool:
    return shape_of(handle) in _reserved_shapes()


def digests_of(handle: str) -> list[str]:
    """Return digests of a handle's shape, by SECRET_KEY and then by each of SECRET_KEY_FALLBACKS."""
    shape, keys = shape_of(handle), (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(_SALT, shape, secret=key, algorithm="sha256").hexdigest() for key in keys]


@cache
def _reserved_shapes() -> frozenset[str]:
    return frozenset(map(shape_of, RESERVED))


@cache
def _shapes() -> Mapping[str, str]:
    """Return the shape of each character, in lower case. Reads the library's data, 0.9 MB, once."""
    alike = {character: {character} for character in LETTERS if not character.isupper()}
    longer: dict[str, str] = {}
    for character, other in _confusables():
        if len(other) > 1:
            longer[character.lower()] = other
            continue
        group = alike[character.lower()] | alike[other.lower()]
        alike |= dict.fromkeys(group, group)
    shapes = {character: min(group) for character, group in alike.items()}
    return shapes | {character: "".join(map(shapes.__getitem__, other)) for character, other in longer.items()}


def _confusables() -> list[tuple[str, str]]:
    """Return each character of handles with each text of such characters that it may be confused with."""
    data = load("confusables.json")
    found = [(character, homoglyph["c"]) for character in sorted(LETTERS) for homoglyph in data.get(character, ())]
    return [(character, other) for character, other in found if LETTERS.issuperset(other)]
