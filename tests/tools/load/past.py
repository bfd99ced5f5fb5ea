"""A past for the bench: millions of unlocks over most of a year, made by set-based SQL, with what follows from them."""

from dataclasses import dataclass

import psycopg

from tests.tools.load.world import REGIONS, make_game

GAMES, ACHIEVEMENTS, HELD = 10, 100, 50
DAYS = 300

_PLAYERS = """
INSERT INTO player (id, handle, display_name, region, time_zone, avatar, visibility, created_at)
SELECT (lpad(to_hex((extract(epoch FROM now() - interval '1 day' * %(days)s) * 1000)::bigint + n), 12, '0')
        || '7' || substr(md5(n::text), 1, 3) || 'a' || substr(md5(n::text), 4, 15))::uuid,
    left(%(label)s, 12) || '-p' || n, 'Simulated ' || n, (%(regions)s::text[])[1 + n %% 7], 'UTC', '', 'public',
    now() - interval '1 day' * %(days)s
FROM generate_series(1, %(players)s) n
"""
_ACHIEVEMENTS = """
INSERT INTO achievement (id, game_id, set_id, set_kind, key, name, description, points, is_hidden, kind, state, setter,
    position, version, icon, icon_locked, created_at, published_at)
SELECT gen_random_uuid(), s.game_id, s.id, 'base', 'ACH_' || n, 'Simulated ' || n, '', 1 + n %% 20, false, 'one_shot',
    'published', 'server', n, 1, '', '', now(), now()
FROM achievement_set s, generate_series(1, %(achievements)s) n WHERE s.game_id = ANY (%(games)s)
"""
# Each player holds HELD achievements of one game, the earlier ones more often than the later ones.
_UNLOCKS = """
WITH players AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM player WHERE handle LIKE left(%(label)s, 12) || '-p%%'
), games AS (SELECT id, ordinality - 1 AS n FROM unnest(%(games)s::uuid[]) WITH ORDINALITY AS g (id, ordinality))
INSERT INTO unlock (player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
SELECT p.id, a.id, a.game_id, moment, moment, 1, a.points, 1
FROM players p JOIN games g ON g.n = p.n %% %(game_count)s
JOIN achievement a ON a.game_id = g.id AND (a.position <= %(held)s - 10 OR (a.position + p.n) %% 6 = 0)
CROSS JOIN LATERAL (
    SELECT now() - interval '1 day' * %(days)s * (1 - (a.position + (p.n %% 97) / 97.0) / 101.0) AS moment) m
"""
# As boards are stored: windows of the last weeks besides all time.
_STANDINGS = """
INSERT INTO standing (player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at)
SELECT u.player_id, s.scope_id, w."window", w.opened_on, p.region, sum(u.points), count(*),
    date_trunc('second', max(u.unlocked_at))
FROM unlock u JOIN player p ON p.id = u.player_id
CROSS JOIN LATERAL (VALUES (u.game_id), (uuid '00000000-0000-0000-0000-000000000000')) AS s (scope_id)
CROSS JOIN LATERAL (VALUES
    ('all', date '1970-01-01'),
    ('month', date_trunc('month', u.unlocked_at AT TIME ZONE 'UTC')::date),
    ('week', date_trunc('week', u.unlocked_at AT TIME ZONE 'UTC')::date),
    ('day', (u.unlocked_at AT TIME ZONE 'UTC')::date)) AS w ("window", opened_on)
WHERE u.game_id = ANY (%(games)s) AND (w."window" = 'all' OR w.opened_on > current_date - 70)
GROUP BY 1, 2, 3, 4, 5
"""
_COUNTERS = """
INSERT INTO achievement_counter (achievement_id, unlock_count)
SELECT achievement_id, count(*) FROM unlock WHERE game_id = ANY (%(games)s) GROUP BY 1;
"""
_GAME_COUNTERS = """
INSERT INTO game_counter (game_id, unlock_count)
SELECT game_id, count(*) FROM unlock WHERE game_id = ANY (%(games)s) GROUP BY 1
"""
# Everyone has done something within the hour, as 100,000 people who are online have.
_DUE = """
INSERT INTO statistics_due (player_id, game_id, since)
SELECT player_id, scope_id, now() - interval '1 hour' FROM standing
WHERE scope_id = ANY (%(games)s) AND "window" = 'all'
"""


@dataclass(frozen=True, slots=True)
class Past:
    """What was made."""

    players: int
    unlocks: int


def make_past(dsn: str, *, label: str, unlocks: int) -> Past:
    """Make games, players and about as many unlocks; standings, counters and what is due of statistics follow."""
    players = unlocks // HELD
    with psycopg.connect(dsn, options="-c statement_timeout=0 -c synchronous_commit=off") as connection:
        games = [make_game(connection, f"{label}-{number}")[0] for number in range(GAMES)]
        chosen = {
            "label": label, "players": players, "games": games, "game_count": GAMES, "regions": list(REGIONS),
            "achievements": ACHIEVEMENTS, "held": HELD, "days": DAYS,
        }  # fmt: skip
        connection.execute(_PLAYERS, chosen)
        connection.execute(_ACHIEVEMENTS, chosen)
        made = connection.execute(_UNLOCKS, chosen).rowcount
        for statement in (_STANDINGS, _COUNTERS, _GAME_COUNTERS, _DUE):
            connection.execute(statement, chosen)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE player, achievement, unlock, standing, statistics_due")
    return Past(players, made)
