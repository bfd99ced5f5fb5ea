-- Returns, for each element of p_player_ids, who that is as a viewer sees them beside a board: for any number of boards
-- and viewers at once, of which each element of the other arrays is one. r_position counts the players from 1; who does
-- not exist has no row. r_is_open is whether everyone may see the board: always for the platform, for a game while it is
-- published, in hardcore while it has modes.
--
-- A function, because the server's session caches its plan, even behind PgBouncer in transaction mode. Planning took
-- longer than eleven names do.
--
-- The players of an element are those after p_befores of it, p_counts many. A viewer is a player, or a game's key that
-- sees as the player does that it names, if its game knows them; NULL is anyone.
--
-- The migration fills in who may see whom: by SEEN for a viewer, by SEEN_BY_ANYONE for anyone.
CREATE FUNCTION names_on_boards(
    p_scope_ids uuid[],
    p_game_ids uuid[],
    p_windows text[],
    p_opened_ons date[],
    p_befores integer[],
    p_counts integer[],
    p_viewer_ids uuid[],
    p_known_ids uuid[],
    p_key_game_ids uuid[],
    p_environments text[],
    p_player_ids uuid[]
) RETURNS TABLE (
    r_position bigint,
    r_handle text,
    r_display_name text,
    r_region text,
    r_avatar text,
    r_unlock_count integer,
    r_is_seen boolean,
    r_is_open boolean
) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
-- Look rows up by their keys, whatever the statistics of a new table say.
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH board AS MATERIALIZED (
        SELECT
            b.scope_id, b.window_name, b.opened_on, b.before, b.name_count,
            coalesce(b.viewer_id, (
                SELECT x.player_id FROM external_identity x
                WHERE x.player_id = b.known_id AND x.game_id = b.key_game_id AND x.environment = b.environment
                LIMIT 1
            )) AS viewer_id,
            b.scope_id = '00000000-0000-0000-0000-000000000000' OR coalesce((
                SELECT g.is_published AND (g.id = b.scope_id OR g.has_modes) FROM game g WHERE g.id = b.game_id
            ), false) AS is_open
        FROM unnest(
            p_scope_ids, p_game_ids, p_windows, p_opened_ons, p_befores, p_counts,
            p_viewer_ids, p_known_ids, p_key_game_ids, p_environments
        ) AS b (
            scope_id, game_id, window_name, opened_on, before, name_count,
            viewer_id, known_id, key_game_id, environment
        )
    )
    SELECT
        b.before + named.position, p.handle::text, p.display_name::text, p.region::text, p.avatar::text,
        coalesce((
            SELECT s.unlock_count FROM standing s
            WHERE s.player_id = named.id AND s.scope_id = b.scope_id AND s."window" = b.window_name
                AND s.opened_on = b.opened_on
        ), 0),
        CASE WHEN b.viewer_id IS NULL THEN __SEEN_BY_ANYONE__ ELSE __SEEN__ END,
        b.is_open
    FROM board b
    CROSS JOIN LATERAL unnest(p_player_ids[b.before + 1 : b.before + b.name_count]) WITH ORDINALITY
        AS named (id, position)
    CROSS JOIN LATERAL (SELECT * FROM player x WHERE x.id = named.id LIMIT 1) p;
END
$$;
