-- Records unlocks with their outbox rows, and returns one row for each element of the arrays.
--
-- A function, because the server's session caches its plans, even behind PgBouncer in transaction mode, where prepared
-- statements don't last. Planning costs ten times what running does (one unlock: 0.85 ms against 0.1 ms). Rows are
-- looked up by LATERAL ... LIMIT and scalar subqueries, which no plan turns into a scan.
--
-- Unlocks of a merged player are recorded for the player they became, whose id is r_player_id.
-- A player whose unlocks are archived gets player_archived: unlocks.archive restores them first.
-- Sources 2 and 4 are game clients, which may unlock only achievements that clients may set.
-- A game that is not published accepts nothing new; __GAMES__ is the condition for game g to accept reports.
-- A retired set accepts nothing new; an event what was earned while it was open. As reports are at most 14 days late, so
-- is an event's. __EVENTS__ is the condition for report r of achievement a to be within its event.
--
-- The ledger joins what is live; the sandbox achievements as they are drafted, which is what __ACHIEVEMENTS__ is there.
--
-- The migration fills in __FUNCTION__, __TABLE__, __STATES__, __PLAYERS__, __GAMES__, __ACHIEVEMENTS__, __EVENTS__ and
-- __EVENT__: once for the ledger, once for the sandbox.
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
    r_share double precision,
    r_player_id uuid
) LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
-- Look rows up by their keys, whatever the statistics of a new table say.
SET enable_seqscan = off
AS $$
DECLARE
    line record;
BEGIN
    FOR line IN
        WITH reported AS MATERIALIZED (
            SELECT
                r.position, r.player_id AS named_player_id, r.game_id, r.source,
                coalesce(r.unlocked_at, p_now) AS unlocked_at,
                (SELECT coalesce(p.merged_into_id, p.id) FROM player p WHERE p.id = r.player_id AND __PLAYERS__)
                    AS player_id,
                (SELECT __GAMES__ FROM game g WHERE g.id = r.game_id) AS is_open,
                a.id AS achievement_id, a.state, a.points, a.version, a.share,
                r.source NOT IN (2, 4) OR a.setter = 'client' AS is_allowed, a.set_kind = 'retired' AS is_retired,
                a.set_kind <> 'event' OR __EVENTS__ AS is_during
            FROM unnest(p_game_ids, p_player_ids, p_achievement_ids, p_achievement_keys, p_unlocked_ats, p_sources)
                WITH ORDINALITY
                AS r (game_id, player_id, achievement_id, achievement_key, unlocked_at, source, position)
            LEFT JOIN LATERAL (
                SELECT d.id, d.state, d.points, d.version, d.setter, d.set_kind, d.set_id, c.share
                FROM __ACHIEVEMENTS__ d
                LEFT JOIN achievement_completion c ON c.achievement_id = d.id
                WHERE d.game_id = r.game_id AND d.id = coalesce(r.achievement_id, (
                    SELECT k.id FROM achievement k WHERE k.game_id = r.game_id
                        AND lower(k.key) = lower(r.achievement_key COLLATE "C")))
                LIMIT 1) a ON true
        ), recorded AS (
            INSERT INTO __TABLE__ AS u (
                player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
            SELECT player_id, achievement_id, game_id, unlocked_at, p_now, version, points, source
            FROM reported
            WHERE player_id IS NOT NULL AND state IN (__STATES__) AND is_allowed AND is_open
                AND NOT is_retired AND is_during
            -- One order for all, so that two batches never wait for each other; of twins in one batch the first wins.
            ORDER BY player_id, achievement_id, position
            ON CONFLICT DO NOTHING
            RETURNING u.player_id, u.achievement_id, u.game_id, u.points, u.unlocked_at, u.source
        ), announced AS (
            INSERT INTO outbox (kind, payload)
            SELECT '__EVENT__', jsonb_build_object(
                'player_id', player_id, 'achievement_id', achievement_id, 'game_id', game_id,
                'points', points, 'unlocked_at', unlocked_at, 'source', source)
            FROM recorded
        )
        SELECT reported.*, n.unlocked_at AS new_unlocked_at
        FROM reported LEFT JOIN recorded n USING (player_id, achievement_id)
    LOOP
        r_position := line.position;
        r_player_id := line.player_id;
        r_achievement_id := line.achievement_id;
        r_points := line.points;
        r_share := line.share;
        r_unlocked_at := line.new_unlocked_at;
        r_outcome := 'unlocked';
        IF r_unlocked_at IS NULL THEN
            -- A query of its own runs on a newer snapshot, so it sees the row of whoever won a race.
            SELECT u.unlocked_at, u.points INTO r_unlocked_at, r_points
            FROM __TABLE__ u WHERE u.player_id = line.player_id AND u.achievement_id = line.achievement_id;
            r_outcome := CASE
                WHEN FOUND THEN 'repeated'
                WHEN line.player_id IS NULL AND EXISTS (
                    SELECT FROM player p WHERE p.id = line.named_player_id AND p.archived_at IS NOT NULL)
                    THEN 'player_archived'
                WHEN line.player_id IS NULL THEN 'player_not_found'
                WHEN line.achievement_id IS NULL THEN 'achievement_not_found'
                WHEN NOT line.is_open THEN 'game_not_published'
                WHEN NOT line.is_allowed THEN 'set_by_server'
                WHEN line.state = 'archived' THEN 'achievement_archived'
                WHEN line.state NOT IN (__STATES__) THEN 'achievement_not_published'
                WHEN line.is_retired THEN 'achievement_retired'
                ELSE 'event_not_open'
            END;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
