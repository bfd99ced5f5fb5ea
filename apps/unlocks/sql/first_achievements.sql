-- Returns what the first pages of games' lists for players are put together of, for any number of requests at once:
-- the achievements of each game once, and what each player has of those. So a row is read for each unlock, where a row
-- for each player and achievement took three times as long (fifty achievements, twenty of them earned, 16 requests).
--
-- Rows of games come first, in order, with r_number -1 for the first element of p_listed_ids, -2 ...: as many published
-- achievements as its element of p_listed_limits, and the archived ones between; none of games that are not published.
-- Then those of players, with r_number 1 for the first element of p_player_ids, 2 ...: unlocks, and progress for those
-- who read their own. A player without any has one row, without an achievement; whom the reader may not see has none.
--
-- A function for the same reasons as first_of_player.sql.
CREATE FUNCTION first_achievements(
    p_player_ids uuid[],
    p_sights text[],
    p_owns boolean[],
    p_game_ids uuid[],
    p_own_game_ids uuid[],
    p_listed_ids uuid[],
    p_listed_limits integer[]
) RETURNS TABLE (
    r_number bigint,
    r_achievement_id text,
    r_revision bigint,
    r_share double precision,
    r_hardcore_share double precision,
    r_position integer,
    r_is_archived boolean,
    r_unlocked_at text,
    r_hardcore_at text,
    r_steps integer,
    r_is_revealed boolean
) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
-- Look rows up by their keys, whatever the statistics of a new table say.
SET enable_seqscan = off
AS $$
DECLARE
    v_player_id uuid;
    v_sight text;
    v_is_own boolean;
    v_game_id uuid;
    v_own_game_id uuid;
BEGIN
    RETURN QUERY
    SELECT
        -l.number, a.id::text, g.revision,
        (SELECT c.share FROM achievement_completion c WHERE c.achievement_id = a.id),
        (SELECT c.hardcore_share FROM achievement_completion c WHERE g.has_modes AND c.achievement_id = a.id),
        a.position::integer, a.is_archived, NULL::text, NULL::text, NULL::integer, NULL::boolean
    FROM unnest(p_listed_ids, p_listed_limits) WITH ORDINALITY AS l (game_id, row_limit, number)
    JOIN game g ON g.id = l.game_id AND g.is_published
    CROSS JOIN LATERAL (
        SELECT x.id, x.position, x.state = 'archived' AS is_archived,
            count(*) FILTER (WHERE x.state = 'published') OVER (ORDER BY x.position, x.id) AS published_count
        FROM achievement x WHERE x.game_id = l.game_id AND x.state = ANY ('{published,archived}')
    ) a
    WHERE a.published_count <= l.row_limit
    ORDER BY l.number, a.position, a.id;

    FOR r_number, v_player_id, v_sight, v_is_own, v_game_id, v_own_game_id IN
        SELECT w.number, w.player_id, w.sight, w.is_own, w.game_id, w.own_game_id
        FROM unnest(p_player_ids, p_sights, p_owns, p_game_ids, p_own_game_ids) WITH ORDINALITY
            AS w (player_id, sight, is_own, game_id, own_game_id, number)
    LOOP
        CONTINUE WHEN NOT (__SEEN__);
        RETURN QUERY
        SELECT
            r_number, u.achievement_id::text, NULL::bigint, NULL::double precision, NULL::double precision,
            NULL::integer, NULL::boolean, __UNLOCKED_AT__,
            (SELECT __HARDCORE_AT__ FROM hardcore_unlock h
                WHERE g.has_modes AND h.player_id = v_player_id AND h.achievement_id = u.achievement_id),
            NULL::integer, NULL::boolean
        FROM unlock_ever u JOIN game g ON g.id = v_game_id
        WHERE u.player_id = v_player_id AND u.game_id = v_game_id
        UNION ALL
        SELECT
            r_number, r.achievement_id::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.steps,
            r.revealed_at IS NOT NULL
        FROM progress r WHERE v_is_own AND r.player_id = v_player_id AND r.game_id = v_game_id;
        IF NOT FOUND THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
