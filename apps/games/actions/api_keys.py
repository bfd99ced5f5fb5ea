"""Writes of API keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.clock import now
from apps.core.errors import ConflictError, InvalidError
from apps.core.parsing.names import normal, problem_with_name
from apps.games.auth import keys
from apps.games.auth.page_origins import page_origins, read_origin
from apps.games.definitions.budget import lock_game
from apps.games.models import ApiKey, Game, KeyKind
from apps.players.models import Account

ACTIVE_MAX = 20
NAME_LENGTH_MAX = 60
# Enough for people to distinguish keys: lk_live_ or lk_pub_test_, and four characters of the secret.
PREFIX_LENGTH, PUBLISHABLE_PREFIX_LENGTH = 12, 16
ORIGINS_MAX = 20
ORIGIN_LENGTH_MAX = 200


class TooManyKeysError(ConflictError):
    code = "too_many_keys"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its secret, which is shown once; a publishable key's text is no secret."""

    key: ApiKey
    token: str


@transaction.atomic
def create_api_key(
    *,
    game: Game,
    name: str,
    environment: keys.Environment,
    kind: str = KeyKind.SECRET,
    scopes: Collection[str] | None = None,
    allowed_origins: Sequence[str] = (),
    created_by: Account | None = None,
) -> IssuedKey:
    """Create a key and return its secret, of which only a digest is stored. Raises: InvalidError, TooManyKeysError.

    A secret key has `scopes`, a game server's by default. A publishable one has none; pages of `allowed_origins` may
    send it, and without any no page may, only programs outside browsers.
    """
    name = _read_name(name)
    if environment not in ApiKey.Environment.values:
        raise InvalidError(gettext("Choose live or test."), pointer="/environment")
    is_publishable = kind == KeyKind.PUBLISHABLE
    permitted = _read_permitted(scopes, allowed_origins, environment, is_publishable=is_publishable)
    current = lock_game(game.id)
    if ApiKey.objects.filter(game=current, revoked_at=None).count() >= ACTIVE_MAX:
        raise TooManyKeysError(
            gettext("A game has at most {count} keys in use. Revoke one that nothing uses.").format(count=ACTIVE_MAX)
        )
    token = keys.new_token(environment, is_publishable=is_publishable)
    key = ApiKey.objects.create(
        game=current,
        kind=kind,
        name=name,
        environment=environment,
        prefix=token[: PUBLISHABLE_PREFIX_LENGTH if is_publishable else PREFIX_LENGTH],
        digest=keys.digest_of(token),
        text=token if is_publishable else "",
        created_by=created_by,
        **permitted,
    )
    page_origins.clear()
    return IssuedKey(key, token)


def _read_name(text: str) -> str:
    name = normal(text)
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise InvalidError(
            gettext("Give the key a name of at most {maximum} characters.").format(maximum=NAME_LENGTH_MAX),
            pointer="/name",
        )
    if problem := problem_with_name(name):
        raise InvalidError(problem, pointer="/name")
    return name


def _read_permitted(
    scopes: Collection[str] | None, origins: Sequence[str], environment: str, *, is_publishable: bool
) -> dict[str, list[str]]:
    """Return what a key permits, by its columns."""
    if is_publishable:
        if scopes:
            raise InvalidError(
                gettext("A publishable key has no scopes: it creates guests, and acts for them."), pointer="/scopes"
            )
        return {"scopes": [], "allowed_origins": _read_origins(origins)}
    if origins:
        raise InvalidError(
            gettext("Only a publishable key has origins: no other may be sent by a page."), pointer="/allowed_origins"
        )
    wanted = SERVER_SCOPES if scopes is None else scopes
    _require_scopes(wanted, environment)
    return {"scopes": sorted(wanted)}


def _read_origins(texts: Sequence[str]) -> list[str]:
    """Return origins as browsers send them, each once. Raises: InvalidError, naming one that is none."""
    found: dict[str, None] = {}
    for text in texts:
        origin = read_origin(text)
        if origin is None or len(origin) > ORIGIN_LENGTH_MAX:
            raise InvalidError(
                gettext("{text} is no origin. Write it as https://play.example, without a path.").format(
                    text=text[:ORIGIN_LENGTH_MAX]
                ),
                pointer="/allowed_origins",
            )
        found[origin] = None
    if len(found) > ORIGINS_MAX:
        raise InvalidError(
            gettext("A key allows at most {count} origins.").format(count=ORIGINS_MAX), pointer="/allowed_origins"
        )
    return list(found)


def _require_scopes(scopes: Collection[str], environment: str) -> None:
    if not scopes or not set(scopes) <= set(Scope):
        raise InvalidError(
            gettext("Choose at least one of {scopes}.").format(scopes=", ".join(Scope)), pointer="/scopes"
        )
    if environment == ApiKey.Environment.TEST and not set(scopes) <= SERVER_SCOPES:
        raise InvalidError(
            gettext("A test key can have only {scopes}.").format(scopes=", ".join(sorted(SERVER_SCOPES))),
            pointer="/scopes",
        )


def revoke_api_key(*, key: ApiKey) -> ApiKey:
    """Revoke a key; repeating it changes nothing.

    Takes effect at once in this process, and within keys.CACHE_SECONDS in every other.
    """
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now())
    keys.cache.clear()
    page_origins.clear()
    key.refresh_from_db(fields=["revoked_at"])
    return key
