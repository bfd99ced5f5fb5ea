-- Crowns players who have every published achievement of a game's base set and hold no crown of it; returns them, with
-- whether it is their first. Standings, already updated by the step, rule out nearly everyone; the ledger decides.
--
-- completed_at is when that came true: with the last of those unlocks, or as the last achievement that the player lacks
-- was archived or moved out of the set. The candidates give players as s and games as p.
WITH published AS (
    SELECT game_id, count(*) AS total, array_agg(id ORDER BY id) AS ids FROM achievement
    WHERE game_id = ANY (%(games)s::text::uuid[]) AND state = 'published' AND set_kind = 'base' GROUP BY game_id
)
INSERT INTO crown AS c (player_id, game_id, completed_at, achievement_ids, recorded_at)
SELECT s.player_id, p.game_id, greatest((
        SELECT max(u.unlocked_at) FROM unlock_ever u WHERE u.player_id = s.player_id AND u.achievement_id = ANY (p.ids)
    ), (
        SELECT max(CASE a.set_kind WHEN 'base' THEN a.archived_at ELSE a.left_base_at END) FROM achievement a
        WHERE a.game_id = p.game_id AND (a.state = 'archived' OR a.set_kind <> 'base') AND a.published_at IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM unlock_ever u WHERE u.player_id = s.player_id AND u.achievement_id = a.id))),
    p.ids, %(moment)s
FROM __CANDIDATES__ AND s."window" = 'all' AND s.opened_on = '__BEGINNING__' AND s.unlock_count >= p.total
WHERE NOT EXISTS (
        SELECT FROM crown h WHERE h.player_id = s.player_id AND h.game_id = p.game_id AND h.withdrawn_at IS NULL)
    AND NOT EXISTS (
        SELECT FROM unnest(p.ids) AS a (id) WHERE NOT EXISTS (
            SELECT FROM unlock_ever u WHERE u.player_id = s.player_id AND u.achievement_id = a.id))
ORDER BY s.player_id, p.game_id
ON CONFLICT (player_id, game_id) __AGAIN__
RETURNING c.player_id, c.game_id, cardinality(c.achievement_ids), c.completed_at,
    -- A row that was inserted, not updated.
    c.xmax = 0
