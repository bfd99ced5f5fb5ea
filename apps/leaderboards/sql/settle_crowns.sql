-- Has the earliest of a player's crowns of a game stand that has all of its unlocks, with those set aside among them, and
-- withdraws the one that stood where none has. An unlock that was restored has its old time; one earned again after a
-- crown does not bring it back.
--
-- What is gone may have given way to an earlier time, from a merged player, under whose id it may have been: then a crown
-- that came with it has an earlier time, too. It is no earlier than what else had been published by then and the player
-- lacked was archived or left the base set; where that is no longer known, the crown's own time stands.
WITH changed AS MATERIALIZED (
    SELECT coalesce(k.merged_into_id, e.player_id) AS player_id, e.game_id, e.gone_at
    FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[], %(gone_ats)s::text::timestamptz[])
        AS e (player_id, game_id, gone_at)
    LEFT JOIN player k ON k.id = e.player_id
), theirs AS (
    SELECT w.player_id, w.game_id, w.completed_at, w.achievement_ids, w.withdrawn_at, w.set_aside FROM crown w
    JOIN (SELECT DISTINCT player_id, game_id FROM changed) e USING (player_id, game_id)
    ORDER BY w.player_id, w.game_id FOR UPDATE OF w
), held AS (
    SELECT t.player_id, t.game_id, a.place, a.completed_at, a.achievement_ids, h.last_at
    FROM theirs t CROSS JOIN LATERAL (
        SELECT 0, t.completed_at, t.achievement_ids
        UNION ALL SELECT s.place, s.completed_at, s.achievement_ids
        FROM ROWS FROM (jsonb_to_recordset(t.set_aside) AS (completed_at timestamptz, achievement_ids uuid[]))
            WITH ORDINALITY AS s (completed_at, achievement_ids, place)) AS a (place, completed_at, achievement_ids)
    CROSS JOIN LATERAL (
        SELECT count(*) AS unlock_count, max(u.unlocked_at) AS last_at FROM unlock_ever u
        WHERE u.player_id = t.player_id AND u.achievement_id = ANY (a.achievement_ids)
            AND u.unlocked_at <= a.completed_at) h
    WHERE cardinality(a.achievement_ids) = h.unlock_count
), moved AS (
    SELECT h.player_id, h.game_id, h.place, h.achievement_ids, CASE
        WHEN NOT EXISTS (
            SELECT FROM changed e
            WHERE e.player_id = h.player_id AND e.game_id = h.game_id AND e.gone_at = h.completed_at) THEN h.completed_at
        ELSE greatest(h.last_at, (
            SELECT max(least(h.completed_at, o.out_at))
            FROM achievement x CROSS JOIN LATERAL (
                SELECT CASE x.set_kind WHEN 'base' THEN x.archived_at ELSE x.left_base_at END AS out_at) o
            WHERE x.game_id = h.game_id AND x.published_at <= h.completed_at AND x.id <> ALL (h.achievement_ids)
                AND (x.set_kind = 'base' OR o.out_at IS NOT NULL)
                AND NOT EXISTS (
                    SELECT FROM unlock_ever u
                    WHERE u.player_id = h.player_id AND u.achievement_id = x.id AND u.unlocked_at <= h.last_at)))
        END AS completed_at
    FROM held h
), earliest AS (
    SELECT DISTINCT ON (m.player_id, m.game_id) m.player_id, m.game_id, m.place, m.completed_at, m.achievement_ids
    FROM moved m ORDER BY m.player_id, m.game_id, m.completed_at, m.place
)
UPDATE crown c SET
    completed_at = coalesce(h.completed_at, t.completed_at),
    achievement_ids = coalesce(h.achievement_ids, t.achievement_ids),
    withdrawn_at = CASE WHEN h.place IS NULL THEN %(moment)s::timestamptz END,
    -- They change places.
    set_aside = CASE WHEN h.place > 0 THEN (t.set_aside - (h.place - 1)::integer) || jsonb_build_object(
        'completed_at', t.completed_at, 'achievement_ids', t.achievement_ids) ELSE t.set_aside END
FROM theirs t LEFT JOIN earliest h USING (player_id, game_id)
WHERE c.player_id = t.player_id AND c.game_id = t.game_id
    AND (h.place > 0 OR h.completed_at <> t.completed_at OR (h.place IS NULL) <> (t.withdrawn_at IS NOT NULL))
