"""The statements that read lists, put together of our own texts; and the functions of the database that run them."""

import re
from functools import cache

from apps.core.database.slices import Column, Direction, beyond_sql, order_sql
from apps.core.database.sql import read_sql
from apps.players.querysets import seen_sql

# The orders of queries.py in SQL.
_ORDERS = {
    "player_unlocks": (Column("u.unlocked_at", is_descending=True), Column("u.achievement_id")),
    "player_progress": (Column("r.updated_at", is_descending=True), Column("r.achievement_id")),
    "game_achievements": (Column("a.position"), Column("a.id")),
}
_TABLES = {
    False: {"unlock": "unlock_ever", "progress": "progress", "hardcore": "hardcore_unlock"},
    True: {"unlock": "sandbox_unlock", "progress": "sandbox_progress", "hardcore": "sandbox_hardcore_unlock"},
}
_IS_HIDDEN = {
    False: "a.is_hidden",
    True: "coalesce((SELECT d.is_hidden FROM achievement_draft d WHERE d.achievement_id = a.id), a.is_hidden)",
}
_LISTED = {False: "a.state = 'published'", True: "a.state = ANY ('{published,draft}')"}
# As in answers, but for the six zeros of a whole second, which those leave out: Django's loader takes 10 us each.
_MOMENT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_MOMENTS = {
    "unlocked_at": _MOMENT.format("u.unlocked_at"),
    "hardcore_at": _MOMENT.format("h.hardcore_at"),
    "updated_at": _MOMENT.format("r.updated_at"),
}
_parameter = re.compile(r"%\((\w+)\)s")
# Whether the player may be read: oneself, whom anyone sees, whom a key's game knows; not who was merged.
_IS_SEEN = f"""%(sight)s = 'proven' OR EXISTS (
    SELECT FROM player p WHERE p.id = %(player_id)s AND p.merged_into_id IS NULL AND (
        %(sight)s = 'own' OR {seen_sql("p", None)} OR (%(sight)s = 'key' AND EXISTS (
            SELECT FROM external_identity x
            WHERE x.player_id = p.id AND x.game_id = %(own_game_id)s AND x.environment = 'live'))))"""  # noqa: S608 - put together from constants
_IN_GAME = "AND (%(game_id)s IS NULL OR {}.game_id = %(game_id)s)"
_OPEN = "AND (g.is_published OR g.id = %(own_game_id)s)"
_IS_KNOWN = "coalesce(%(is_own)s OR u.game_id = %(own_game_id)s, false)"


@cache
def list_statement(
    name: str, is_test: bool, known: str, conditions: tuple[str, ...], direction: Direction | None
) -> str:
    """Return the statement of a list."""
    columns = _ORDERS[name]
    read = read_sql(
        "unlocks", name, known=known, order=order_sql(columns, direction), listed=_LISTED[is_test],
        chosen=" ".join([beyond_sql(columns, direction), *conditions]), is_hidden=_IS_HIDDEN[is_test], **_MOMENTS,
    )  # fmt: skip
    for placeholder, table in _TABLES[is_test].items():
        read = read.replace(f"__{placeholder.upper()}__", table)
    return read


def first_pages_function(name: str, alias: str, value_type: str) -> str:
    """Return what creates the function of first pages of one player's list.

    With the name that the list's table has in it, and the type of its `value`.
    """
    listed = list_statement(f"player_{name}", False, _IS_KNOWN, (_IN_GAME.format(alias), _OPEN), None)
    return read_sql(
        "unlocks", "first_of_player", list=name, value=value_type, seen=_in_function(_IS_SEEN),
        listed=_in_function(listed),
    )  # fmt: skip


def first_achievements_function() -> str:
    """Return what creates the function of first pages of games' lists for players."""
    return read_sql("unlocks", "first_achievements", seen=_in_function(_IS_SEEN), **_MOMENTS)


def _in_function(statement: str) -> str:
    """Return the statement with a function's variables in place of parameters."""
    return _parameter.sub(r"v_\1", statement)
