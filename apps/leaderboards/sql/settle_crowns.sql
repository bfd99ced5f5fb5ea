-- Withdraws crowns that rest on an unlock which is gone, and gives those back that have all of theirs again. An unlock
-- that was restored has its old time; one earned again after the crown does not bring it back.
UPDATE crown c SET withdrawn_at = CASE WHEN h.is_held THEN NULL ELSE %(moment)s::timestamptz END
FROM (
    SELECT w.player_id, w.game_id, cardinality(w.achievement_ids) = (
        SELECT count(*) FROM unlock_ever u
        WHERE u.player_id = w.player_id AND u.achievement_id = ANY (w.achievement_ids)
            AND u.unlocked_at <= w.completed_at) AS is_held
    FROM crown w
    JOIN unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[]) AS e (player_id, game_id)
        USING (player_id, game_id)
    ORDER BY w.player_id, w.game_id FOR UPDATE OF w) h
WHERE c.player_id = h.player_id AND c.game_id = h.game_id AND (c.withdrawn_at IS NULL) <> h.is_held
