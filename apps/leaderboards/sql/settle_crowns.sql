-- Has the earliest of a player's crowns of a game stand that has all of its unlocks, with those set aside among them, and
-- withdraws the one that stood where none has. An unlock that was restored has its old time; one earned again after a
-- crown does not bring it back.
--
-- What is gone may give way to an earlier time, from a merged player, under whose id it may have been: at once, or later,
-- while the crown is withdrawn. Once it has all of its unlocks, a crown that came with it has an earlier time, too. It is
-- no earlier than what else had been published by then and the player lacked was archived or left the base set; where
-- that is no longer known, the crown's own time stands.
WITH changed AS MATERIALIZED (
    SELECT coalesce(k.merged_into_id, e.player_id) AS player_id, e.game_id, e.gone_at
    FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[], %(gone_ats)s::text::timestamptz[])
        AS e (player_id, game_id, gone_at)
    LEFT JOIN player k ON k.id = e.player_id
), theirs AS (
    SELECT w.player_id, w.game_id, w.completed_at, w.achievement_ids, w.withdrawn_at, w.is_time_gone, w.set_aside
    FROM crown w
    JOIN (SELECT DISTINCT player_id, game_id FROM changed) e USING (player_id, game_id)
    ORDER BY w.player_id, w.game_id FOR UPDATE OF w
), known AS (
    SELECT t.player_id, t.game_id, a.place, a.completed_at, a.achievement_ids, a.was_time_gone,
        a.was_time_gone OR EXISTS (
            SELECT FROM changed e
            WHERE e.player_id = t.player_id AND e.game_id = t.game_id AND e.gone_at = a.completed_at) AS is_time_gone,
        cardinality(a.achievement_ids) = h.unlock_count AS is_whole, h.last_at
    FROM theirs t CROSS JOIN LATERAL (
        SELECT 0, t.completed_at, t.achievement_ids, t.is_time_gone
        UNION ALL SELECT s.place, s.completed_at, s.achievement_ids, coalesce(s.is_time_gone, false)
        FROM ROWS FROM (jsonb_to_recordset(t.set_aside)
            AS (completed_at timestamptz, achievement_ids uuid[], is_time_gone boolean))
            WITH ORDINALITY AS s (completed_at, achievement_ids, is_time_gone, place)
        ) AS a (place, completed_at, achievement_ids, was_time_gone)
    CROSS JOIN LATERAL (
        SELECT count(*) AS unlock_count, max(u.unlocked_at) AS last_at FROM unlock_ever u
        WHERE u.player_id = t.player_id AND u.achievement_id = ANY (a.achievement_ids)
            AND u.unlocked_at <= a.completed_at) h
), settled AS (
    SELECT k.player_id, k.game_id, k.place, k.achievement_ids, k.is_whole, n.completed_at, n.is_time_gone,
        (n.completed_at, n.is_time_gone) <> (k.completed_at, k.was_time_gone) AS is_changed
    FROM known k CROSS JOIN LATERAL (
        SELECT k.is_time_gone AND NOT k.is_whole AS is_time_gone, CASE
            WHEN NOT (k.is_time_gone AND k.is_whole) THEN k.completed_at
            ELSE greatest(k.last_at, (
                SELECT max(least(k.completed_at, o.out_at))
                FROM achievement x CROSS JOIN LATERAL (
                    SELECT CASE x.set_kind WHEN 'base' THEN x.archived_at ELSE x.left_base_at END AS out_at) o
                WHERE x.game_id = k.game_id AND x.published_at <= k.completed_at AND x.id <> ALL (k.achievement_ids)
                    AND (x.set_kind = 'base' OR o.out_at IS NOT NULL)
                    AND NOT EXISTS (
                        SELECT FROM unlock_ever u
                        WHERE u.player_id = k.player_id AND u.achievement_id = x.id AND u.unlocked_at <= k.last_at)))
            END AS completed_at) n
), earliest AS (
    SELECT DISTINCT ON (s.player_id, s.game_id) s.player_id, s.game_id, s.place
    FROM settled s WHERE s.is_whole ORDER BY s.player_id, s.game_id, s.completed_at, s.place
)
UPDATE crown c SET
    completed_at = s.completed_at,
    achievement_ids = s.achievement_ids,
    is_time_gone = s.is_time_gone,
    withdrawn_at = CASE WHEN e.place IS NULL THEN coalesce(t.withdrawn_at, %(moment)s::timestamptz) END,
    -- Who gives way comes last.
    set_aside = (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'completed_at', o.completed_at, 'achievement_ids', o.achievement_ids, 'is_time_gone', o.is_time_gone
        ) ORDER BY o.place = 0, o.place), '[]')
        FROM settled o WHERE o.player_id = t.player_id AND o.game_id = t.game_id AND o.place <> s.place)
FROM theirs t LEFT JOIN earliest e USING (player_id, game_id) JOIN settled s USING (player_id, game_id)
WHERE c.player_id = t.player_id AND c.game_id = t.game_id AND s.place = coalesce(e.place, 0)
    AND (e.place > 0 OR (e.place IS NULL) <> (t.withdrawn_at IS NOT NULL) OR EXISTS (
        SELECT FROM settled o WHERE o.player_id = t.player_id AND o.game_id = t.game_id AND o.is_changed))
