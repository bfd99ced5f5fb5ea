"""Which unlocks count on which boards: one SQL condition, for every statement that reads or writes standings.

- A game's standing holds all that a player has earned there. Its board counts it, but for players whom operators leave
  out, for members of the studio and for what only a client vouched for, unless the studio counts these.
- A game's standing in hardcore holds what was earned in hardcore. Its board counts that in the same way, by who vouched
  for the hardcore of it.
- The platform's standing holds what listed games' own boards count and a server vouched for; what only a client vouched
  for in games where operators trust it. Its board leaves out the same players.

What changes for a game changes in the order of players' ids, as games.models.TrustMove says: one player's rows follow
one set of rules at every moment.
"""

from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.boards.modes import Mode, hardcore_scope_sql
from apps.leaderboards.boards.windows import BEGINNING
from apps.unlocks.models import CLIENT_SOURCES

_CLIENTS = ", ".join(str(int(source)) for source in CLIENT_SOURCES)

# Goes after `counted`: each unlock counts in the four windows around its time, as `w` ("window", opened_on).
WINDOWS = f"""
CROSS JOIN LATERAL (VALUES
    ('all', date '{BEGINNING}'),
    ('month', date_trunc('month', u.unlocked_at AT TIME ZONE 'UTC')::date),
    ('week', date_trunc('week', u.unlocked_at AT TIME ZONE 'UTC')::date),
    ('day', (u.unlocked_at AT TIME ZONE 'UTC')::date)) AS w ("window", opened_on)
"""
# The condition that a window `w` is retained, by the parameters of windows.retained_bounds.
RETAINED = """(w."window" = 'all' OR w.opened_on >= CASE w."window"
    WHEN 'month' THEN %(months_since)s WHEN 'week' THEN %(weeks_since)s ELSE %(days_since)s END)"""
# A standing's totals. Its points were reached with the last unlock that gave any; without one, with the last.
REACHED = """date_trunc('second', coalesce(
    max(u.unlocked_at) FILTER (WHERE u.points > 0 AND s.is_counted), max(u.unlocked_at)) AT TIME ZONE 'UTC')
    AT TIME ZONE 'UTC'"""
TOTALS = f"""
SELECT u.player_id, s.scope_id, w."window", w.opened_on, u.region,
    coalesce(sum(u.points) FILTER (WHERE s.is_counted), 0)::integer AS points,
    sum(u.unlock_count)::integer AS unlock_count,
    {REACHED} AS reached_at, coalesce(sum(u.points) FILTER (WHERE NOT s.is_counted), 0)::integer AS uncounted_points
"""
COLUMNS = '(player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at, uncounted_points)'
_SCOPES = {
    Mode.CASUAL: f"""
    (u.game_id, u.is_player AND u.is_ranked, true),
    (uuid '{PLATFORM_ID}', u.is_player, u.is_ranked AND u.is_trusted)""",
    # The platform has no such board.
    Mode.HARDCORE: f"({hardcore_scope_sql('u.game_id')}, u.is_player AND u.is_ranked, true)",
}
# What has been earned in each mode, for `counted`.
EVER = {Mode.CASUAL: "FROM unlock_ever u", Mode.HARDCORE: "FROM hardcore_ever u"}


def counted(unlocks: str, where: str = "true", *, mode: Mode = Mode.CASUAL, count: str = "1") -> str:
    """Return FROM items of unlocks as `u`, each with a row for each scope that has a standing for it as `s`.

    `unlocks` are a FROM clause with the unlocks' columns as `u`, in hardcore those of hardcore_ever. Of `s`, only rows
    with `is_held` are standings'; `is_counted` is whether the board counts it. `count` is how many unlocks a row is.
    """
    # Fenced, so that an unlock is judged once: spread first, 500 unlocks took four times as long.
    return f"""(
    SELECT u.player_id, u.game_id, u.points, u.unlocked_at, {count} AS unlock_count, p.region,
        p.is_counted AS is_player,
        (u.source NOT IN ({_CLIENTS}) OR coalesce(m.is_ranking_clients, g.is_ranking_clients))
            AND (coalesce(m.is_ranking_members, g.is_ranking_members) OR NOT EXISTS (
                SELECT FROM studio_player o WHERE o.player_id = u.player_id AND o.studio_id = g.studio_id))
            AS is_ranked,
        coalesce(m.is_listed, g.is_published AND g.trust = 'listed')
            AND (u.source NOT IN ({_CLIENTS}) OR coalesce(m.has_trusted_clients, g.has_trusted_clients)) AS is_trusted
    {unlocks}
    JOIN player p ON p.id = u.player_id
    JOIN game g ON g.id = u.game_id
    LEFT JOIN LATERAL (
        SELECT * FROM trust_move WHERE game_id = u.game_id AND reached_id < u.player_id ORDER BY id LIMIT 1) m ON true
    WHERE {where} OFFSET 0) u
CROSS JOIN LATERAL (VALUES {_SCOPES[mode]}) s (scope_id, is_counted, is_held)
"""  # noqa: S608 - put together from constants


def counts_on_platform(unlock: str) -> str:
    """Return the SQL condition that the platform's boards count the unlock with this alias."""
    rows = counted(f"FROM (SELECT {unlock}.*) u")
    return f"EXISTS (SELECT FROM {rows} WHERE s.scope_id = '{PLATFORM_ID}' AND s.is_held AND s.is_counted)"
