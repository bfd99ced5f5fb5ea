"""The statements that revoke and restore a chunk of unlocks, with their events."""

_COLUMNS = "player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source"
# With the mode, which goes before its unlock and comes after it.
_ANNOUNCE = """
INSERT INTO outbox (kind, payload)
SELECT %(kind)s, jsonb_build_object(
    'player_id', player_id, 'achievement_id', achievement_id, 'game_id', game_id,
    'points', points, 'unlocked_at', unlocked_at, 'source', source, 'hardcore_at', (
        SELECT k.hardcore_at FROM {modes} k WHERE k.player_id = e.player_id AND k.achievement_id = e.achievement_id))
FROM {rows} e
"""
_OF_REVOCATION = "(SELECT * FROM revoked_hardcore_unlock WHERE revocation_id = %(revocation_id)s)"
_EARNED_BEFORE = "recorded_at <= %(before)s"
# Selects from the ledger, then from the archive: by key when a player is given, else along the game's unlocks from
# the newest on. Then locks in the order of reports in hardcore, which lock them too; how many were sought says whether
# there may be more, as of those some may have been moved to another player meanwhile.
_LOCKED = """
WITH sought AS MATERIALIZED ({sought})
SELECT u.player_id, u.achievement_id, u.unlocked_at, (SELECT count(*) FROM sought)
FROM sought JOIN __TABLE__ u USING (player_id, achievement_id)
ORDER BY u.player_id, u.achievement_id FOR UPDATE OF u
"""
CHOOSE_OF_PLAYER = _LOCKED.format(
    sought=f"""
    SELECT player_id, achievement_id FROM __TABLE__
    WHERE player_id = %(player_id)s AND game_id = %(game_id)s AND {_EARNED_BEFORE}
        AND (%(achievement_id)s::uuid IS NULL OR achievement_id = %(achievement_id)s)
    ORDER BY player_id, achievement_id LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
)
CHOOSE_OF_ACHIEVEMENT = _LOCKED.format(
    sought=f"""
    SELECT player_id, achievement_id FROM __TABLE__
    WHERE game_id = %(game_id)s AND achievement_id = %(achievement_id)s AND {_EARNED_BEFORE}
        AND unlocked_at <= coalesce(%(reached_at)s, 'infinity'::timestamptz)
    ORDER BY unlocked_at DESC LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
)
TAKE = f"""
WITH gone AS (
    DELETE FROM __TABLE__ u
    USING unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[]) AS d (player_id, achievement_id)
    WHERE u.player_id = d.player_id AND u.achievement_id = d.achievement_id
    RETURNING u.*
), stepped_back AS (
    DELETE FROM progress p USING gone g
    WHERE p.player_id = g.player_id AND p.achievement_id = g.achievement_id
    RETURNING p.player_id, p.achievement_id, p.steps, p.updated_at, p.revealed_at
), moved AS (
    INSERT INTO revoked_unlock (revocation_id, {_COLUMNS}, steps, progressed_at, revealed_at, is_kept)
    SELECT %(revocation_id)s, {", ".join(f"g.{name.strip()}" for name in _COLUMNS.split(","))},
        s.steps, s.updated_at, s.revealed_at, false
    FROM gone g LEFT JOIN stepped_back s USING (player_id, achievement_id)
)
{_ANNOUNCE.format(rows="gone", modes=_OF_REVOCATION)}
"""  # noqa: S608 - put together from constants
# Of players who were merged: what came by that, and is later than what is restored.
CHOOSE_LATER = """
SELECT u.player_id, u.achievement_id FROM (
    SELECT player_id, achievement_id, unlocked_at, merged_at FROM revoked_unlock
    WHERE revocation_id = %(revocation_id)s AND NOT is_kept
    ORDER BY player_id, achievement_id LIMIT %(limit)s) r
JOIN unlock u USING (player_id, achievement_id)
WHERE u.unlocked_at > r.unlocked_at AND u.recorded_at <= r.merged_at
ORDER BY u.player_id, u.achievement_id FOR UPDATE OF u
"""
# Unlocks earned again since are marked, so that the next chunk skips them and the audit trail keeps them.
GIVE_BACK = f"""
WITH chosen AS (
    SELECT * FROM revoked_unlock WHERE revocation_id = %(revocation_id)s AND NOT is_kept
    ORDER BY player_id, achievement_id LIMIT %(limit)s FOR UPDATE
), back AS (
    INSERT INTO unlock ({_COLUMNS}) SELECT {_COLUMNS} FROM chosen ORDER BY player_id, achievement_id
    ON CONFLICT DO NOTHING
    RETURNING {_COLUMNS}
), gone AS (
    DELETE FROM revoked_unlock r USING back b
    WHERE r.revocation_id = %(revocation_id)s AND r.player_id = b.player_id AND r.achievement_id = b.achievement_id
), marked AS (
    UPDATE revoked_unlock r SET is_kept = true FROM chosen c
    WHERE r.revocation_id = %(revocation_id)s AND r.player_id = c.player_id AND r.achievement_id = c.achievement_id
        AND NOT EXISTS (
            SELECT FROM back b WHERE b.player_id = c.player_id AND b.achievement_id = c.achievement_id)
), stepped AS (
    INSERT INTO progress AS p (player_id, achievement_id, game_id, steps, updated_at, revealed_at)
    SELECT c.player_id, c.achievement_id, c.game_id, c.steps, c.progressed_at, c.revealed_at
    FROM chosen c JOIN back USING (player_id, achievement_id) WHERE c.steps IS NOT NULL
    ON CONFLICT (player_id, achievement_id) DO UPDATE SET
        steps = greatest(p.steps, excluded.steps), updated_at = greatest(p.updated_at, excluded.updated_at),
        revealed_at = least(p.revealed_at, excluded.revealed_at)
), announced AS ({_ANNOUNCE.format(rows="back", modes=_OF_REVOCATION)})
SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM back), ARRAY(SELECT DISTINCT player_id FROM back)
"""  # noqa: S608 - put together from constants
_HARDCORE = "player_id, achievement_id, game_id, hardcore_at, recorded_at, source"
_ANNOUNCE_HARDCORE = """
INSERT INTO outbox (kind, payload)
SELECT %(kind)s, jsonb_build_object(
    'player_id', h.player_id, 'achievement_id', h.achievement_id, 'game_id', h.game_id, 'points', u.points,
    'unlocked_at', h.hardcore_at, 'source', h.source, 'is_with_unlock', {is_with_unlock})
FROM {rows} h JOIN unlock_ever u ON u.player_id = h.player_id AND u.achievement_id = h.achievement_id
"""
TAKE_HARDCORE = f"""
WITH gone AS (
    DELETE FROM hardcore_unlock u
    USING unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[]) AS d (player_id, achievement_id)
    WHERE u.player_id = d.player_id AND u.achievement_id = d.achievement_id
    RETURNING u.*
)
INSERT INTO revoked_hardcore_unlock (revocation_id, {_HARDCORE}) SELECT %(revocation_id)s, {_HARDCORE} FROM gone
"""  # noqa: S608 - put together from constants
# A statement of its own, as there are few: planned with the other it cost every revocation a millisecond.
_TAKEN = """(
    SELECT r.* FROM revoked_hardcore_unlock r
    JOIN unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[]) AS d (player_id, achievement_id)
        USING (player_id, achievement_id)
    WHERE r.revocation_id = %(revocation_id)s)"""
ANNOUNCE_TAKEN_HARDCORE = _ANNOUNCE_HARDCORE.format(rows=_TAKEN, is_with_unlock="NOT %(is_alone)s")
# The unlock that was revoked with the mode {0}, if it has not come back with it.
_STILL_REVOKED = """
    SELECT FROM revoked_unlock r WHERE r.revocation_id = %(revocation_id)s AND r.player_id = {0}.player_id
        AND r.achievement_id = {0}.achievement_id"""
_IS_BACK_TOO = f"NOT %(is_alone)s AND NOT EXISTS ({_STILL_REVOKED.format('h')})"
_COMING = f"""
    SELECT k.revocation_id, k.player_id, k.achievement_id, k.game_id,
        greatest(k.hardcore_at, e.unlocked_at) AS hardcore_at, k.recorded_at, k.source, k.merged_at
    FROM revoked_hardcore_unlock k CROSS JOIN LATERAL (
        SELECT u.unlocked_at FROM unlock_ever u
        WHERE u.player_id = k.player_id AND u.achievement_id = k.achievement_id LIMIT 1) e
    WHERE k.revocation_id = %(revocation_id)s AND NOT EXISTS ({_STILL_REVOKED.format("k")}
        AND NOT r.is_kept)
    ORDER BY k.player_id, k.achievement_id LIMIT %(limit)s FOR UPDATE OF k
"""  # noqa: S608 - put together from constants
# As CHOOSE_LATER, of modes whose unlocks stay.
CHOOSE_LATER_HARDCORE = f"""
WITH coming AS ({_COMING})
SELECT h.player_id, h.achievement_id FROM coming c JOIN hardcore_unlock h USING (player_id, achievement_id)
WHERE h.hardcore_at > c.hardcore_at AND h.recorded_at <= c.merged_at
ORDER BY h.player_id, h.achievement_id FOR UPDATE OF h
"""  # noqa: S608 - put together from constants
# As GIVE_BACK, to unlocks that are there, after those of this revocation; what was earned in hardcore again since stays
# as it is. An unlock earned again may be later than its mode, which it then gives its time.
GIVE_BACK_HARDCORE = f"""
WITH chosen AS ({_COMING}), gone AS (
    DELETE FROM revoked_hardcore_unlock r USING chosen c
    WHERE r.revocation_id = c.revocation_id AND r.player_id = c.player_id AND r.achievement_id = c.achievement_id
), back AS (
    INSERT INTO hardcore_unlock ({_HARDCORE}) SELECT {_HARDCORE} FROM chosen ORDER BY player_id, achievement_id
    ON CONFLICT DO NOTHING
    RETURNING {_HARDCORE}
), announced AS (
    {_ANNOUNCE_HARDCORE.format(rows="back", is_with_unlock=_IS_BACK_TOO)}
)
SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM back),
    (SELECT count(*) FROM back b WHERE EXISTS ({_STILL_REVOKED.format("b")})),
    ARRAY(SELECT DISTINCT player_id FROM back)
"""  # noqa: S608 - put together from constants
_LATER = """(
    SELECT u.* FROM {table} u JOIN unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[])
        AS d (player_id, achievement_id) USING (player_id, achievement_id))"""
_LATER_MODES = _LATER.format(table="hardcore_unlock")
ANNOUNCE_LATER_HARDCORE = _ANNOUNCE_HARDCORE.format(rows=_LATER_MODES, is_with_unlock="%(is_with_unlock)s")
ANNOUNCE_LATER = _ANNOUNCE.format(rows=_LATER.format(table="unlock"), modes="hardcore_unlock")
_GONE = """
    DELETE FROM {table} u USING unnest(%(player_ids)s::uuid[], %(achievement_ids)s::uuid[])
        AS d (player_id, achievement_id)
    WHERE u.player_id = d.player_id AND u.achievement_id = d.achievement_id
    RETURNING u.*"""
TAKE_LATER_HARDCORE = _GONE.format(table="hardcore_unlock")
# The mode of what goes comes back with what is restored, unless that has one that stays.
TAKE_LATER = f"""
WITH later AS ({_GONE.format(table="unlock")}), gone AS ({_GONE.format(table="hardcore_unlock")})
INSERT INTO revoked_hardcore_unlock AS r (revocation_id, {_HARDCORE}) SELECT %(revocation_id)s, {_HARDCORE} FROM gone
ON CONFLICT (revocation_id, player_id, achievement_id) DO UPDATE SET
    hardcore_at = excluded.hardcore_at, recorded_at = excluded.recorded_at, source = excluded.source
WHERE (r.hardcore_at <= excluded.hardcore_at AND excluded.recorded_at <= r.merged_at) IS NOT TRUE
"""  # noqa: S608 - put together from constants
ARCHIVED_PLAYERS = """
SELECT DISTINCT r.player_id FROM revoked_unlock r JOIN player p ON p.id = r.player_id
WHERE r.revocation_id = %s AND NOT r.is_kept AND p.archived_at IS NOT NULL
"""
