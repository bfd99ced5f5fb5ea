"""Reads of players as a viewer may see them; the visibility rule itself is in querysets.py."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce

from apps.core.database.composed import composed
from apps.core.database.sql import id_array
from apps.players.errors import AccountDeactivatedError, ExternalIdUnknownError, PlayerBannedError, PlayerNotFoundError
from apps.players.models import Device, ExternalIdentity, Follow, Guest, Player, Visibility
from apps.players.querysets import IsSeenBy, seen_sql

# Of a player's devices; a guest has one, a person who plays much a handful.
DEVICES_LISTED_MAX = 100
# SQL for a table with one row and column, `id`: the viewer. Its parameters come from Viewer.
VIEWER_SQL = """(SELECT coalesce(%(viewer_player_id)s::uuid, (
    SELECT x.player_id FROM external_identity x
    WHERE x.player_id = %(viewer_known_id)s::uuid AND x.game_id = %(viewer_game_id)s::uuid
        AND x.environment = %(viewer_environment)s
    LIMIT 1)) AS id)"""
_SEEN_PAIRS = f"""
SELECT s.viewer_id, p.id FROM unnest(%s::uuid[], %s::uuid[]) AS s (viewer_id, player_id)
JOIN player p ON p.id = s.player_id WHERE {seen_sql("p", "s.viewer_id")}
"""  # noqa: S608 - put together from constants
_FIELDS = Player._meta.concrete_fields  # noqa: SLF001 - Django documents it
_FIELD_NAMES = [field.attname for field in _FIELDS]
# Of a player `p`, the key first; player_of_row reads them.
COLUMNS_SQL = ", ".join(f'p."{field.column}"' for field in _FIELDS)
_FOLLOWED_BY_ID = f"""
SELECT {COLUMNS_SQL} FROM player named
JOIN player p ON p.id = coalesce(named.merged_into_id, named.id) WHERE named.id = """  # noqa: S608 - of constants
_FOLLOWED = f"{_FOLLOWED_BY_ID}%s"
_BY_IDS = f"SELECT {COLUMNS_SQL} FROM player p WHERE p.id = ANY (%s::uuid[])"  # noqa: S608 - of constants
_IS_KNOWN = """EXISTS (SELECT FROM external_identity x
    WHERE x.player_id = p.id AND x.game_id = %(sight_game_id)s AND x.environment = %(sight_environment)s)"""
_VIEWER = "%(sight_viewer_id)s::uuid"
# The old id of a merged viewer still refers to the same person.
_VIEWER_NOW = f"(SELECT CASE WHEN named.id = {_VIEWER} THEN p.id ELSE {_VIEWER} END)"


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom players are read: one of them, or anyone.

    A key of `game_id` that names the player `known_id` sees what that player sees, if its game knows them.
    """

    player_id: UUID | None = None
    known_id: UUID | None = None
    game_id: UUID | None = None
    environment: str = "live"

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of VIEWER_SQL, with a prefix, as the statement may have a game of its own."""
        return {f"viewer_{name}": getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Sight:
    """As whom a player is looked up: a player, or None for anyone.

    `game_id` is a key's game: it sees every player the game knows, a test key those known from tests.
    """

    viewer_id: UUID | None = None
    game_id: UUID | None = None
    is_test: bool = False

    def condition(self, player: str) -> str:
        """Return the SQL condition that the player with this id, as SQL, is visible so and was not merged."""
        visible = _visible_sql(_VIEWER if self.viewer_id else None, has_game=self.game_id is not None)
        return f"EXISTS (SELECT FROM player p WHERE p.id = {player} AND p.merged_into_id IS NULL AND {visible})"

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the condition."""
        environment = "test" if self.is_test else "live"
        return {
            "sight_viewer_id": self.viewer_id,
            "sight_game_id": self.game_id,
            "sight_environment": environment,
        }


ANYONE = Viewer()


def as_viewer(player: Player | None) -> Viewer:
    """Return a visitor of the pages as the viewer."""
    return ANYONE if player is None else Viewer(player.id)


def visible_player(
    player_id: UUID | None, viewer_id: UUID | None, *, game_id: UUID | None = None, is_test: bool = False
) -> Player:
    """Return a player if visible to the viewer, following a merge. One query.

    `viewer_id` None is anyone. `game_id` is a key's game: it sees every player the game knows, a test key those
    known from tests. Raises: PlayerNotFoundError, the same for unknown, private and blocking players.
    """
    sight = Sight(viewer_id, game_id, is_test)
    with connection.cursor() as cursor:
        cursor.execute(
            _visible_statement(viewer_id is not None, game_id is not None),
            {"player_id": player_id, **sight.parameters()},
        )
        row = cursor.fetchone()
    if row is None:
        raise PlayerNotFoundError
    return player_of_row(row)


def players_by_id(player_ids: Iterable[UUID]) -> dict[UUID, Player]:
    """Return the players with these ids. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_IDS, [id_array(player_ids)])
        return {row[0]: player_of_row(row) for row in cursor.fetchall()}


def player_of_row(row: Sequence[Any]) -> Player:
    """Return the player whose COLUMNS_SQL these are."""
    found: Player = Player.from_db("default", _FIELD_NAMES, row)
    return found


def known_player(player_id: UUID, *, game_id: UUID, environment: str) -> Player:
    """Return a player whom a game knows by an external id, following a merge.

    Two queries. Raises: PlayerNotFoundError, PlayerBannedError, AccountDeactivatedError.
    """
    found = followed_player(player_id)
    known = ExternalIdentity.objects.filter(player=found, game_id=game_id, environment=environment)
    # Whether the account is active; None without an account.
    states = list(known.values_list("player__account__is_active", flat=True)[:1]) if found else []
    if found is None or not states:
        raise PlayerNotFoundError
    if found.banned_at is not None:
        raise PlayerBannedError
    if states == [False]:
        raise AccountDeactivatedError
    return found


def player_known_as(external_id: str, *, game_id: UUID, environment: str) -> Player:
    """Return the player whom a game knows by an external id, following a merge. One query.

    Raises: ExternalIdUnknownError.
    """
    known = ExternalIdentity.objects.filter(game_id=game_id, environment=environment, external_id=external_id)
    identity = known.select_related("player__merged_into").first()
    if identity is None:
        raise ExternalIdUnknownError
    return identity.player.merged_into or identity.player


def holders_of(names: Collection[UUID | str], *, game_id: UUID, environment: str) -> dict[UUID | str, UUID]:
    """Return whom ids and a game's external ids, as text, lead to, following merges; who is nobody is left out.

    Two queries.
    """
    ids = [name for name in names if isinstance(name, UUID)]
    external_ids = [name for name in names if isinstance(name, str)]
    players = Player.objects.filter(pk__in=ids, is_test=environment == "test")
    known = ExternalIdentity.objects.filter(game_id=game_id, environment=environment, external_id__in=external_ids)
    return {
        **dict(players.values_list("pk", Coalesce("merged_into_id", "pk"))),
        **dict(known.values_list("external_id", Coalesce("player__merged_into_id", "player_id"))),
    }


def uncounted_among(player_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the players whom operators leave out of boards and counters. One query."""
    return set(Player.objects.filter(pk__in=player_ids, is_counted=False).values_list("pk", flat=True))


def listed_players() -> QuerySet[Player]:
    """Return the players whom anyone may find: not guests, of whom anyone may make any number."""
    found = Player.objects.filter(visibility=Visibility.PUBLIC, is_test=False, merged_into=None, banned_at=None)
    return found.exclude(Exists(Guest.objects.filter(pk=OuterRef("pk"))), account=None)


@composed
def _devices(player_id: UUID) -> QuerySet[Device]:
    return Device.objects.filter(player_id=player_id, revoked_at=None).order_by("-id")[:DEVICES_LISTED_MAX]


@composed
def _devices_in(player_id: UUID, game_id: UUID) -> QuerySet[Device]:
    mine = Device.objects.filter(player_id=player_id, game_id=game_id, revoked_at=None)
    return mine.order_by("-id")[:DEVICES_LISTED_MAX]


def living_devices(player_id: UUID, *, game_id: UUID | None) -> list[Device]:
    """Return a player's devices in a game, or in all, newest first, at most DEVICES_LISTED_MAX. One query."""
    if game_id is None:
        return _devices.rows(player_id=player_id)
    return _devices_in.rows(player_id=player_id, game_id=game_id)


def followed_player(player_id: UUID) -> Player | None:
    """Return the player with this id, or the one they were merged into. One query.

    Every list of a player starts with it: 0.27 ms of CPU, where a queryset that joins the two takes 2.7 (two cores).
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, [player_id])
        row = cursor.fetchone()
    return row and player_of_row(row)


def id_now(player_id: UUID) -> UUID:
    """Return the id of the player that this one was merged into, or the same id. One query."""
    merged = Player.objects.filter(pk=player_id, merged_into__isnull=False)
    return merged.values_list("merged_into_id", flat=True).first() or player_id


def may_see(viewer_id: UUID | None, player: Player) -> bool:
    """Whether a player is visible to the viewer: public, visible to those they follow, or private.

    One query; none for anyone, whom the player's row alone decides about.
    """
    if viewer_id is None:
        is_someone = player.merged_into_id is None and player.banned_at is None and not player.is_test
        return is_someone and player.visibility == Visibility.PUBLIC
    return viewer_id == player.id or players_seen_by(viewer_id).filter(pk=player.pk).exists()


def players_seen_by(viewer_id: UUID | None) -> QuerySet[Player]:
    """Return the players visible to the viewer, for filtering lists; None is anyone."""
    return Player.objects.filter(IsSeenBy(Value(viewer_id, output_field=UUIDField())))


def seen_pairs(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return the pairs (viewer, player) where the viewer may see the player. One query."""
    if not pairs:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_SEEN_PAIRS, [[viewer for viewer, _ in pairs], [player for _, player in pairs]])
        return set(cursor.fetchall())


def friends_of(player_id: UUID) -> list[UUID]:
    """Return the ids of players that this one follows and may see."""
    seen = players_seen_by(player_id).filter(pk=OuterRef("followed_id"))
    followed = Follow.objects.filter(Exists(seen), follower_id=player_id)
    return list(followed.values_list("followed_id", flat=True))


@cache
def _visible_statement(has_viewer: bool, has_game: bool) -> str:
    visible = _visible_sql(_VIEWER_NOW if has_viewer else None, has_game=has_game)
    return f"{_FOLLOWED_BY_ID}%(player_id)s AND {visible}"


def _visible_sql(viewer: str | None, *, has_game: bool) -> str:
    """Return the condition that the player `p` is visible to the viewer, or known to a key's game."""
    seen = seen_sql("p", viewer)
    return f"({seen} OR {_IS_KNOWN})" if has_game else seen
