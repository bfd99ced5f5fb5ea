"""Writes of API keys."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.clock import now
from apps.core.errors import ConflictError, InvalidError
from apps.core.parsing.names import normal, problem_with_name
from apps.games.auth import keys
from apps.games.definitions.budget import lock_game
from apps.games.models import ApiKey, Game
from apps.players.models import Account

ACTIVE_MAX = 20
NAME_LENGTH_MAX = 60
# Enough for people to distinguish keys: lk_live_ and four characters of the secret.
PREFIX_LENGTH = 12


class TooManyKeysError(ConflictError):
    code = "too_many_keys"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its secret, which is shown once."""

    key: ApiKey
    token: str


@transaction.atomic
def create_api_key(
    *,
    game: Game,
    name: str,
    environment: keys.Environment,
    scopes: Collection[str] = SERVER_SCOPES,
    created_by: Account | None = None,
) -> IssuedKey:
    """Create a key and return its secret, of which only a digest is stored. Raises: InvalidError, TooManyKeysError."""
    name = normal(name)
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise InvalidError(
            gettext("Give the key a name of at most {maximum} characters.").format(maximum=NAME_LENGTH_MAX),
            pointer="/name",
        )
    if problem := problem_with_name(name):
        raise InvalidError(problem, pointer="/name")
    if environment not in ApiKey.Environment.values:
        raise InvalidError(gettext("Choose live or test."), pointer="/environment")
    _require_scopes(scopes, environment)
    current = lock_game(game.id)
    if ApiKey.objects.filter(game=current, revoked_at=None).count() >= ACTIVE_MAX:
        raise TooManyKeysError(
            gettext("A game has at most {count} keys in use. Revoke one that nothing uses.").format(count=ACTIVE_MAX)
        )
    token = keys.new_token(environment)
    key = ApiKey.objects.create(
        game=current,
        name=name,
        environment=environment,
        prefix=token[:PREFIX_LENGTH],
        digest=keys.digest_of(token),
        scopes=sorted(scopes),
        created_by=created_by,
    )
    return IssuedKey(key, token)


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
    key.refresh_from_db(fields=["revoked_at"])
    return key
