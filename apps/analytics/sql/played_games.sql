-- Returns every game that players have unlocks or play time in, for any number of players at once, whatever the number of
-- games: published ones, and of the key's game that each element of p_key_game_ids is, if any. r_number counts the
-- players from 1.
--
-- A function, and one player after the other, for the same reasons as apps/unlocks/sql/first_of_player.sql.
CREATE FUNCTION played_games(p_player_ids uuid[], p_key_game_ids uuid[]) RETURNS TABLE (
    r_number bigint,
    r_id uuid,
    r_slug text,
    r_name text,
    r_cover text,
    r_seconds bigint,
    r_achievement_count bigint,
    r_points bigint,
    r_last_played_at timestamptz,
    r_total_achievements bigint,
    r_total_points bigint,
    r_completed_at timestamptz,
    r_unlock_count bigint
) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
-- Look rows up by their keys, whatever the statistics of a new table say.
SET enable_seqscan = off
AS $$
DECLARE
    v_player_id uuid;
    v_key_game_id uuid;
BEGIN
    FOR r_number, v_player_id, v_key_game_id IN
        SELECT w.number, w.player_id, w.key_game_id
        FROM unnest(p_player_ids, p_key_game_ids) WITH ORDINALITY AS w (player_id, key_game_id, number)
    LOOP
        RETURN QUERY
        SELECT
            r_number, g.id, g.slug::text, g.name::text, g.cover::text, coalesce(t.seconds, 0)::bigint,
            (coalesce(s.unlock_count, 0) - coalesce(gone.unlock_count, 0))::bigint, coalesce(s.points, 0)::bigint,
            greatest(t.last_played_at, latest.unlocked_at),
            coalesce(totals.achievement_count, 0)::bigint, coalesce(totals.points, 0)::bigint, crown.completed_at,
            coalesce(s.unlock_count, 0)::bigint
        FROM (SELECT game_id, seconds, last_played_at FROM play_time WHERE player_id = v_player_id) t
        FULL JOIN (
            SELECT scope_id, unlock_count, points + uncounted_points AS points FROM standing
            WHERE player_id = v_player_id AND "window" = 'all' AND scope_id <> '00000000-0000-0000-0000-000000000000'
        ) s ON s.scope_id = t.game_id
        JOIN game g ON g.id = coalesce(t.game_id, s.scope_id) AND (g.is_published OR g.id = v_key_game_id)
        LEFT JOIN (
            SELECT game_id, count(*) AS unlock_count FROM earned_uncounted WHERE player_id = v_player_id GROUP BY 1
        ) gone ON gone.game_id = g.id
        -- Of all its unlocks; reached_at leaves out those without points, or that no board counts.
        LEFT JOIN (
            SELECT game_id, date_trunc('second', max(unlocked_at), 'UTC') AS unlocked_at FROM unlock_ever
            WHERE player_id = v_player_id GROUP BY 1
        ) latest ON latest.game_id = g.id
        LEFT JOIN game_total totals ON totals.game_id = g.id
        LEFT JOIN crown ON crown.player_id = v_player_id AND crown.game_id = g.id AND crown.withdrawn_at IS NULL
        ORDER BY greatest(t.last_played_at, latest.unlocked_at) DESC, g.id;
    END LOOP;
END
$$;
