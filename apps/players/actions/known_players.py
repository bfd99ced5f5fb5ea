"""Players by the ids that games have for them, many at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection, transaction

from apps.core.clock import now
from apps.core.database.sql import fetch_column
from apps.core.ids import new_id
from apps.players.actions.players import DEFAULT_REGION, HANDLE_ATTEMPTS, new_handle
from apps.players.errors import HandleTakenError
from apps.players.handles import digests_of, shape_of
from apps.players.locks import lock_external_ids
from apps.players.models import ExternalIdentity, Rename, Visibility

# As models, 50 players took 25 ms of CPU with PostgreSQL's; now all that creates them takes 11.
_INSERT = """
INSERT INTO player (id, handle, handle_shape, display_name, region, time_zone, avatar, visibility, is_test, created_at)
SELECT n.id, n.handle, n.shape, n.handle, %(region)s, 'UTC', '', %(visibility)s, %(is_test)s, %(moment)s
FROM unnest(%(ids)s::uuid[], %(handles)s::text[], %(shapes)s::text[]) AS n (id, handle, shape)
ON CONFLICT DO NOTHING RETURNING id
"""


@transaction.atomic
def find_or_create_many(*, game_id: UUID, environment: str, external_ids: Collection[str]) -> dict[str, UUID]:
    """Return the players with these external ids; who is not known is created, under a generated name.

    Merged players have their own id. Cost: one query, and six where some are created, for any number.
    """
    known = _known(game_id, environment, external_ids)
    if len(known) == len(external_ids):
        return known
    with connection.cursor() as cursor:
        lock_external_ids(cursor, game_id, environment)
    known = _known(game_id, environment, external_ids)
    missing = sorted(set(external_ids) - known.keys())
    created = dict(zip(missing, _create_players(len(missing), is_test=environment == "test"), strict=True))
    ExternalIdentity.objects.bulk_create(
        ExternalIdentity(game_id=game_id, environment=environment, external_id=external_id, player_id=player_id)
        for external_id, player_id in created.items()
    )
    return known | created


def _known(game_id: UUID, environment: str, external_ids: Collection[str]) -> dict[str, UUID]:
    rows = ExternalIdentity.objects.filter(game_id=game_id, environment=environment, external_id__in=external_ids)
    return dict(rows.values_list("external_id", "player_id")) if external_ids else {}


def _create_players(count: int, *, is_test: bool) -> list[UUID]:
    """Create players with generated handles, and return their ids. Raises: HandleTakenError, as good as never."""
    ids: list[UUID] = []
    for _ in range(HANDLE_ATTEMPTS):
        ids += _insert_players(_free_handles(count - len(ids)), is_test=is_test)
        if len(ids) == count:
            return ids
    raise HandleTakenError


def _free_handles(count: int) -> list[str]:
    """Return generated handles that nobody gave up a short while ago: up to `count` of them."""
    digests = {handle: digests_of(handle) for handle in {new_handle() for _ in range(count)}}
    wanted = [digest for many in digests.values() for digest in many]
    held = set(
        Rename.objects.filter(handle_digest__in=wanted, held_until__gt=now()).values_list("handle_digest", flat=True)
    )
    return [handle for handle, many in digests.items() if held.isdisjoint(many)]


def _insert_players(handles: Sequence[str], *, is_test: bool) -> list[UUID]:
    """Insert players, and return the ids of those whose handle nobody has."""
    columns = {
        "ids": [new_id() for _ in handles],
        "handles": list(handles),
        "shapes": list(map(shape_of, handles)),
        "region": DEFAULT_REGION,
        "visibility": Visibility.PUBLIC.value,
        "is_test": is_test,
        "moment": now(),
    }
    return fetch_column(_INSERT, columns)
