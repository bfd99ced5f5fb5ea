-- Has the earliest of a player's crowns of a game stand that has all of its unlocks, with those set aside among them, and
-- withdraws the one that stood where none has. An unlock that was restored has its old time; one earned again after a
-- crown does not bring it back.
WITH theirs AS (
    SELECT w.player_id, w.game_id, w.completed_at, w.achievement_ids, w.withdrawn_at, w.set_aside FROM crown w
    JOIN unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[]) AS e (player_id, game_id)
        USING (player_id, game_id)
    ORDER BY w.player_id, w.game_id FOR UPDATE OF w
), earliest AS (
    SELECT DISTINCT ON (t.player_id, t.game_id) t.player_id, t.game_id, a.place, a.completed_at, a.achievement_ids
    FROM theirs t CROSS JOIN LATERAL (
        SELECT 0, t.completed_at, t.achievement_ids
        UNION ALL SELECT s.place, s.completed_at, s.achievement_ids
        FROM ROWS FROM (jsonb_to_recordset(t.set_aside) AS (completed_at timestamptz, achievement_ids uuid[]))
            WITH ORDINALITY AS s (completed_at, achievement_ids, place)) AS a (place, completed_at, achievement_ids)
    WHERE cardinality(a.achievement_ids) = (
        SELECT count(*) FROM unlock_ever u
        WHERE u.player_id = t.player_id AND u.achievement_id = ANY (a.achievement_ids)
            AND u.unlocked_at <= a.completed_at)
    ORDER BY t.player_id, t.game_id, a.completed_at, a.place
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
    AND (h.place > 0 OR (h.place IS NULL) <> (t.withdrawn_at IS NOT NULL))
