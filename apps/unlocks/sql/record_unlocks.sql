-- Records unlocks and their outbox rows, and answers one row an element of the arrays, in their order.
--
-- A function, so that its plans are kept by the server's session: planning the joins over 16 partitions anew would cost
-- more than running them, and PgBouncer in transaction mode keeps no prepared statements of ours.
-- The second query runs on a newer snapshot than the first, so it sees the row of whoever won a race.
--
-- __FUNCTION__, __TABLE__, __STATES__ and __EVENT__ are filled in by the migration: once for the ledger, once for the sandbox.
CREATE FUNCTION __FUNCTION__(
    p_game_ids uuid[],
    p_player_ids uuid[],
    p_achievement_ids uuid[],
    p_achievement_keys text[],
    p_unlocked_ats timestamptz[],
    p_sources smallint[],
    p_now timestamptz
) RETURNS TABLE (
    r_position bigint,
    r_outcome text,
    r_achievement_id uuid,
    r_points smallint,
    r_unlocked_at timestamptz,
    r_share double precision
) LANGUAGE plpgsql VOLATILE
-- Whatever the statistics say of a young table, look rows up by their keys.
SET enable_seqscan = off
SET enable_mergejoin = off
AS $$
DECLARE
    new_player_ids uuid[];
    new_achievement_ids uuid[];
BEGIN
    WITH reported AS (
        SELECT r.position, r.player_id, r.unlocked_at, r.source, a.id AS achievement_id, a.game_id, a.points, a.version
        FROM unnest(p_game_ids, p_player_ids, p_achievement_ids, p_achievement_keys, p_unlocked_ats, p_sources)
            WITH ORDINALITY AS r (game_id, player_id, achievement_id, achievement_key, unlocked_at, source, position)
        JOIN player ON player.id = r.player_id
        JOIN achievement a
            ON a.id = coalesce(r.achievement_id, (
                SELECT k.id FROM achievement k WHERE k.game_id = r.game_id AND k.key = r.achievement_key))
            AND a.game_id = r.game_id AND a.state IN (__STATES__)
    ), recorded AS (
        INSERT INTO __TABLE__ AS u (
            player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
        SELECT player_id, achievement_id, game_id, coalesce(unlocked_at, p_now), p_now, version, points, source
        FROM reported
        -- One order for everyone, so that two batches never wait for each other; of twins in one batch the first wins.
        ORDER BY player_id, achievement_id, position
        ON CONFLICT DO NOTHING
        RETURNING u.player_id, u.achievement_id, u.game_id, u.points, u.unlocked_at
    ), announced AS (
        INSERT INTO outbox (kind, payload)
        SELECT '__EVENT__', jsonb_build_object(
            'player_id', player_id, 'achievement_id', achievement_id, 'game_id', game_id,
            'points', points, 'unlocked_at', unlocked_at)
        FROM recorded
    )
    SELECT array_agg(player_id), array_agg(achievement_id) INTO new_player_ids, new_achievement_ids FROM recorded;

    RETURN QUERY
    SELECT
        r.position,
        CASE
            WHEN n.player_id IS NOT NULL THEN 'unlocked'
            WHEN u.unlocked_at IS NOT NULL THEN 'repeated'
            WHEN player.id IS NULL THEN 'player_not_found'
            WHEN a.id IS NULL THEN 'achievement_not_found'
            WHEN a.state = 'archived' THEN 'achievement_archived'
            ELSE 'achievement_not_published'
        END,
        a.id, coalesce(u.points, a.points), u.unlocked_at, c.share
    FROM unnest(p_game_ids, p_player_ids, p_achievement_ids, p_achievement_keys)
        WITH ORDINALITY AS r (game_id, player_id, achievement_id, achievement_key, position)
    LEFT JOIN player ON player.id = r.player_id
    LEFT JOIN achievement a
        ON a.id = coalesce(r.achievement_id, (
            SELECT k.id FROM achievement k WHERE k.game_id = r.game_id AND k.key = r.achievement_key))
        AND a.game_id = r.game_id
    LEFT JOIN achievement_completion c ON c.achievement_id = a.id
    LEFT JOIN LATERAL (
        SELECT x.unlocked_at, x.points FROM __TABLE__ x
        WHERE x.player_id = r.player_id AND x.achievement_id = a.id LIMIT 1) u ON true
    LEFT JOIN unnest(new_player_ids, new_achievement_ids) AS n (player_id, achievement_id)
        ON n.player_id = r.player_id AND n.achievement_id = a.id;
END
$$;
