-- Notes that unlocks which are there were earned in hardcore, too; returns one row for each element of the arrays that is
-- noted, now or before. The first time stays, and has an event in the outbox; it is never before that of the unlock.
-- The event of an unlock that was recorded by the same statement says so too, as nobody can read it safely later.
--
-- Only what can be earned now is noted: not of an achievement that was archived since, say. The placeholders are those of
-- record_unlocks.sql, and of its unlocks in __TABLE__, which it writes just before, in the same statement.
CREATE FUNCTION __FUNCTION__(
    p_positions bigint[],
    p_player_ids uuid[],
    p_achievement_ids uuid[],
    p_unlocked_ats timestamptz[],
    p_sources smallint[],
    p_now timestamptz
) RETURNS TABLE (r_position bigint, r_hardcore_at timestamptz, r_is_first boolean) LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    firsts bigint[];
BEGIN
    WITH earnable AS MATERIALIZED (
        SELECT r.position, r.player_id, a.id AS achievement_id, a.game_id, r.source,
            greatest(coalesce(r.unlocked_at, p_now), held.unlocked_at) AS hardcore_at, held.points, held.recorded_at = p_now AS is_with_unlock
        FROM (
            SELECT * FROM unnest(p_positions, p_player_ids, p_achievement_ids, p_unlocked_ats, p_sources)
                AS n (position, player_id, achievement_id, unlocked_at, source)
            ORDER BY player_id, achievement_id, position) r
        CROSS JOIN LATERAL (SELECT * FROM __ACHIEVEMENTS__ d WHERE d.id = r.achievement_id LIMIT 1) a
        CROSS JOIN LATERAL (SELECT * FROM game d WHERE d.id = a.game_id LIMIT 1) g
        -- Locked, in the one order of all: what takes the unlock away takes its mode, and waits for this or is waited for.
        CROSS JOIN LATERAL (
            SELECT u.points, u.recorded_at, u.unlocked_at FROM __TABLE__ u WHERE u.player_id = r.player_id AND u.achievement_id = r.achievement_id
            LIMIT 1 FOR KEY SHARE) held
        WHERE a.state IN (__STATES__) AND (r.source NOT IN (2, 4) OR a.setter = 'client') AND __GAMES__
            AND a.set_kind <> 'retired' AND (a.set_kind <> 'event' OR __EVENTS__)
    ), noted AS (
        INSERT INTO __HARDCORE__ AS h (player_id, achievement_id, game_id, hardcore_at, recorded_at, source)
        SELECT player_id, achievement_id, game_id, hardcore_at, p_now, source FROM earnable
        -- One order for all, so that two batches never wait for each other; of twins in one batch the first wins.
        ORDER BY player_id, achievement_id, position
        ON CONFLICT DO NOTHING
        RETURNING h.player_id, h.achievement_id
    ), first AS MATERIALIZED (
        SELECT DISTINCT ON (player_id, achievement_id) e.* FROM earnable e JOIN noted n USING (player_id, achievement_id)
        ORDER BY player_id, achievement_id, position
    ), announced AS (
        INSERT INTO outbox (kind, payload)
        SELECT '__HARDCORE_EVENT__', jsonb_build_object(
            'player_id', player_id, 'achievement_id', achievement_id, 'game_id', game_id, 'points', points,
            'unlocked_at', hardcore_at, 'source', source, 'is_with_unlock', is_with_unlock)
        FROM first
    ), together AS MATERIALIZED (
        SELECT player_id::text AS player_id, achievement_id::text AS achievement_id, hardcore_at FROM first
        WHERE is_with_unlock
    ), completed AS (
        UPDATE outbox o SET payload = o.payload || jsonb_build_object('hardcore_at', t.hardcore_at)
        FROM (
            -- From the newest on, as this statement has just written them, and no further than to the last that is sought.
            SELECT w.id, w.payload FROM outbox w
            WHERE w.kind = '__EVENT__' AND w.created_at = statement_timestamp()
                AND (w.payload ->> 'player_id') || (w.payload ->> 'achievement_id')
                    = ANY (ARRAY(SELECT player_id || achievement_id FROM together))
            ORDER BY w.id DESC LIMIT (SELECT count(*) FROM together)) written
        JOIN together t ON t.player_id = written.payload ->> 'player_id'
            AND t.achievement_id = written.payload ->> 'achievement_id'
        WHERE o.id = written.id
    )
    SELECT array_agg(position) INTO firsts FROM first;
    -- A query of its own runs on a newer snapshot, so it sees the row of whoever won a race.
    RETURN QUERY
    SELECT r.position, h.hardcore_at, r.position = ANY (coalesce(firsts, '{}'))
    FROM unnest(p_positions, p_player_ids, p_achievement_ids) AS r (position, player_id, achievement_id)
    CROSS JOIN LATERAL (
        SELECT k.hardcore_at FROM __HARDCORE__ k
        WHERE k.player_id = r.player_id AND k.achievement_id = r.achievement_id LIMIT 1) h;
END
$$;
