-- Returns the first pages of a list of one player, of any number of players and for any readers at once: one row more
-- than its limit where there are more. r_number counts the requests from 1, which each element of the arrays is one of;
-- a player without any has one row, without an achievement, and whom the reader may not see has none.
--
-- A function, because the server's session caches its plan, even behind PgBouncer in transaction mode: planning took
-- longer than the list. One by one, as only those partitions are then opened that have the player's rows.
--
-- A reader sees as the player does what `own`, and what is of p_own_game_ids; of games that are not published only that.
CREATE FUNCTION first___LIST__(
    p_player_ids uuid[],
    p_sights text[],
    p_owns boolean[],
    p_game_ids uuid[],
    p_own_game_ids uuid[],
    p_limits integer[]
) RETURNS TABLE (
    r_number bigint,
    r_achievement_id text,
    r_revision bigint,
    r_is_known boolean,
    r_share double precision,
    r_hardcore_share double precision,
    r_unlocked_at text,
    r_hardcore_at text,
    r_steps integer,
    r_value __VALUE__
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
    v_limit integer;
BEGIN
    FOR r_number, v_player_id, v_sight, v_is_own, v_game_id, v_own_game_id, v_limit IN
        SELECT w.number, w.player_id, w.sight, w.is_own, w.game_id, w.own_game_id, w.row_limit
        FROM unnest(p_player_ids, p_sights, p_owns, p_game_ids, p_own_game_ids, p_limits) WITH ORDINALITY
            AS w (player_id, sight, is_own, game_id, own_game_id, row_limit, number)
    LOOP
        CONTINUE WHEN NOT (__SEEN__);
        RETURN QUERY SELECT r_number, listed.* FROM (
            __LISTED__
        ) AS listed;
        IF NOT FOUND THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
