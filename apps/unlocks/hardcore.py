"""Hardcore: what a report adds to the unlock that it makes or repeats, in the same statement."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from apps.core.database.sql import text_array
from apps.unlocks.reports import Report

# Reports of games without modes are refused: without their player they are not written. Then what was unlocked or
# repeated in hardcore is noted. `{columns}` are parameters of the ledger's function, whose second is the player.
_EXTENDED = """
WITH named AS MATERIALIZED (
    SELECT n.*, n.is_hardcore AND NOT coalesce(g.has_modes, false) AS is_refused
    FROM unnest(%(c0)s::uuid[], %(c1)s::uuid[], %(c4)s::timestamptz[], %(c5)s::smallint[], %(are_hardcore)s::boolean[])
        WITH ORDINALITY AS n (game_id, player_id, unlocked_at, source, is_hardcore, position)
    LEFT JOIN LATERAL (SELECT has_modes FROM game WHERE id = n.game_id LIMIT 1) g ON true
), recorded AS MATERIALIZED (
    SELECT * FROM {function}
), earned AS MATERIALIZED (
    SELECT h.* FROM (
        SELECT array_agg(position) AS positions, array_agg(r_player_id) AS player_ids,
            array_agg(r_achievement_id) AS achievement_ids, array_agg(unlocked_at) AS unlocked_ats,
            array_agg(source) AS sources
        FROM recorded JOIN named ON r_position = position
        WHERE is_hardcore AND r_outcome IN ('unlocked', 'repeated')) c
    CROSS JOIN LATERAL earn_{sandbox}hardcore(
        c.positions, c.player_ids, c.achievement_ids, c.unlocked_ats, c.sources, %(moment)s) h
)
SELECT r.r_position, CASE WHEN n.is_refused THEN 'game_without_modes' ELSE r.r_outcome END, {selected},
    coalesce(e.r_is_first, false), e.r_hardcore_at
FROM recorded r JOIN named n ON r.r_position = n.position LEFT JOIN earned e ON e.r_position = n.position
"""
_PLAYERS = "(SELECT array_agg(CASE WHEN NOT is_refused THEN player_id END ORDER BY position) FROM named)"
_UNLOCKED = ("r_achievement_id", "r_points", "r_unlocked_at", "r_share", "r_player_id")
_PROGRESSED = (*_UNLOCKED, "r_steps", "r_target", "r_is_revealed")


def extended(
    statement: str, columns: Sequence[Any], reports: Sequence[Report], moment: datetime
) -> tuple[str, dict[str, Any]]:
    """Return a statement of the ledger, and its parameters, that also notes what of it is hardcore.

    Its rows end with whether the report was the first in hardcore, and when that was.
    """
    parameters = {f"c{number}": column for number, column in enumerate(columns)}
    are_hardcore = text_array("true" if report.is_hardcore else "false" for report in reports)
    return _extended(statement), {**parameters, "are_hardcore": are_hardcore, "moment": moment}


@cache
def _extended(statement: str) -> str:
    """Return the statement of "SELECT * FROM function(%s::type[], ..., %s)" with named parameters."""
    numbers = iter(range(100))
    function = re.sub("%s::", lambda _: f"%(c{next(numbers)})s::", statement.removeprefix("SELECT * FROM "))
    function = function.replace("%(c1)s::uuid[]", _PLAYERS).replace("%s", "%(moment)s")
    names = _PROGRESSED if "progress" in statement else _UNLOCKED
    return _EXTENDED.format(
        function=function,
        sandbox="sandbox_" if "sandbox" in statement else "",
        selected=", ".join(f"r.{name}" for name in names),
    )
