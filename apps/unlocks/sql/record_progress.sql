-- Records progress, and the unlocks that it completes with their outbox rows; returns one row for each element of the
-- arrays.
--
-- A function for the reasons given in record_unlocks.sql, and a loop because an element's effect depends on those before
-- it. Rows are locked in the order of (player, achievement), so that two batches never deadlock.
-- An increment is applied by whoever inserts its request id; a concurrent duplicate waits for that key and changes
-- nothing.
--
-- Earned achievements no longer change, and refused reports change nothing.
-- The migration fills in __FUNCTION__, __PREFIX__, __STATES__, __PLAYERS__, __GAMES__, __ACHIEVEMENTS__, __EVENTS__ and
-- __EVENT__.
CREATE FUNCTION __FUNCTION__(
    p_game_ids uuid[],
    p_player_ids uuid[],
    p_achievement_ids uuid[],
    p_achievement_keys text[],
    p_unlocked_ats timestamptz[],
    p_sources smallint[],
    p_verbs text[],
    p_steps integer[],
    p_request_ids text[],
    p_now timestamptz
) RETURNS TABLE (
    r_position bigint,
    r_outcome text,
    r_achievement_id uuid,
    r_points smallint,
    r_unlocked_at timestamptz,
    r_share double precision,
    r_player_id uuid,
    r_steps integer,
    r_target integer,
    r_is_revealed boolean
) LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    line record;
    stored_steps integer;
    stored_revealed_at timestamptz;
    is_applied boolean;
BEGIN
    FOR line IN
        WITH reported AS MATERIALIZED (
            SELECT
                r.*,
                (SELECT coalesce(p.merged_into_id, p.id) FROM player p WHERE p.id = r.named_player_id AND __PLAYERS__)
                    AS player_id,
                (SELECT __GAMES__ FROM game g WHERE g.id = r.game_id) AS is_open,
                a.id AS achievement_id, a.state, a.points, a.version, a.share, a.kind, a.target, a.is_hidden, a.setter,
                a.set_kind = 'retired' AS is_retired,
                a.set_kind <> 'event' OR __EVENTS__ AS is_during
            FROM unnest(
                p_game_ids, p_player_ids, p_achievement_ids, p_achievement_keys, p_unlocked_ats, p_sources,
                p_verbs, p_steps, p_request_ids)
                WITH ORDINALITY
                AS r (
                    game_id, named_player_id, named_achievement_id, achievement_key, unlocked_at, source,
                    verb, steps, request_id, position)
            LEFT JOIN LATERAL (
                SELECT d.id, d.state, d.points, d.version, d.kind, d.target, d.is_hidden, d.setter, d.set_kind,
                    d.set_id, c.share
                FROM __ACHIEVEMENTS__ d
                LEFT JOIN achievement_completion c ON c.achievement_id = d.id
                WHERE d.game_id = r.game_id AND d.id = coalesce(r.named_achievement_id, (
                    SELECT k.id FROM achievement k WHERE k.game_id = r.game_id
                        AND lower(k.key) = lower(r.achievement_key COLLATE "C")))
                LIMIT 1) a ON true
        )
        SELECT * FROM reported ORDER BY player_id, achievement_id, position
    LOOP
        r_position := line.position;
        r_player_id := line.player_id;
        r_achievement_id := line.achievement_id;
        r_share := line.share;
        r_target := line.target;
        r_steps := line.target;
        r_is_revealed := true;

        SELECT u.unlocked_at, u.points INTO r_unlocked_at, r_points
        FROM __PREFIX__unlock u WHERE u.player_id = line.player_id AND u.achievement_id = line.achievement_id;
        r_outcome := CASE
            WHEN FOUND THEN 'repeated'
            WHEN line.player_id IS NULL AND EXISTS (
                SELECT FROM player p WHERE p.id = line.named_player_id AND p.archived_at IS NOT NULL)
                THEN 'player_archived'
            WHEN line.player_id IS NULL THEN 'player_not_found'
            WHEN line.achievement_id IS NULL THEN 'achievement_not_found'
            WHEN NOT line.is_open THEN 'game_not_published'
            WHEN line.source IN (2, 4) AND line.setter <> 'client' THEN 'set_by_server'
            WHEN line.state = 'archived' THEN 'achievement_archived'
            WHEN line.state NOT IN (__STATES__) THEN 'achievement_not_published'
            WHEN line.is_retired THEN 'achievement_retired'
            WHEN NOT line.is_during THEN 'event_not_open'
            WHEN line.verb IN ('increment', 'set_at_least') AND line.kind <> 'incremental'
                THEN 'achievement_not_incremental'
        END;
        IF r_outcome IS NOT NULL THEN
            RETURN NEXT;
            CONTINUE;
        END IF;

        is_applied := line.verb <> 'unlock';
        IF line.verb = 'increment' THEN
            INSERT INTO __PREFIX__progress_request (player_id, achievement_id, created_at, request_id)
            VALUES (line.player_id, line.achievement_id, p_now, line.request_id)
            ON CONFLICT DO NOTHING;
            is_applied := FOUND;
        END IF;
        IF is_applied THEN
            INSERT INTO __PREFIX__progress AS p (player_id, achievement_id, game_id, revealed_at, updated_at, steps)
            VALUES (
                line.player_id, line.achievement_id, line.game_id,
                CASE WHEN line.verb = 'reveal' THEN p_now END, p_now,
                CASE WHEN line.verb = 'reveal' THEN 0 ELSE least(line.steps, line.target) END)
            ON CONFLICT (player_id, achievement_id) DO UPDATE SET
                steps = CASE
                    WHEN line.verb = 'increment' THEN least(p.steps::bigint + line.steps, line.target)
                    ELSE greatest(p.steps, excluded.steps)
                END,
                revealed_at = coalesce(p.revealed_at, excluded.revealed_at),
                updated_at = excluded.updated_at
            WHERE excluded.steps > p.steps
                -- A lowered target reduces no steps.
                OR line.verb = 'increment' AND p.steps < line.target
                OR line.verb = 'reveal' AND p.revealed_at IS NULL
            RETURNING p.steps, p.revealed_at INTO stored_steps, stored_revealed_at;
            r_outcome := CASE WHEN FOUND THEN 'recorded' END;
        END IF;
        IF r_outcome IS NULL AND line.verb <> 'unlock' THEN
            SELECT p.steps, p.revealed_at INTO stored_steps, stored_revealed_at
            FROM __PREFIX__progress p WHERE p.player_id = line.player_id AND p.achievement_id = line.achievement_id;
            r_outcome := 'unchanged';
        END IF;

        IF line.verb = 'unlock' OR (is_applied AND line.verb <> 'reveal' AND stored_steps >= line.target) THEN
            INSERT INTO __PREFIX__unlock AS u (
                player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
            VALUES (
                line.player_id, line.achievement_id, line.game_id, coalesce(line.unlocked_at, p_now), p_now,
                line.version, line.points, line.source)
            ON CONFLICT DO NOTHING
            RETURNING u.unlocked_at, u.points INTO r_unlocked_at, r_points;
            r_outcome := CASE WHEN FOUND THEN 'unlocked' ELSE 'repeated' END;
            IF r_outcome = 'unlocked' THEN
                INSERT INTO outbox (kind, payload) VALUES ('__EVENT__', jsonb_build_object(
                    'player_id', line.player_id, 'achievement_id', line.achievement_id, 'game_id', line.game_id,
                    'points', r_points, 'unlocked_at', r_unlocked_at, 'source', line.source));
            ELSE
                SELECT u.unlocked_at, u.points INTO r_unlocked_at, r_points
                FROM __PREFIX__unlock u
                WHERE u.player_id = line.player_id AND u.achievement_id = line.achievement_id;
            END IF;
        ELSE
            r_points := line.points;
            r_steps := CASE WHEN line.target IS NOT NULL THEN least(coalesce(stored_steps, 0), line.target) END;
            r_is_revealed := NOT line.is_hidden OR stored_revealed_at IS NOT NULL;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
