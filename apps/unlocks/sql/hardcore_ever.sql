-- Unlocks as they were earned in hardcore, with the columns of unlock_ever that boards go by: the unlock's points, the time
-- of its hardcore, and who said so. Looked up one by one: joined, some hundred players were a scan of the ledger.
CREATE VIEW hardcore_ever AS
SELECT h.player_id, h.achievement_id, h.game_id, h.hardcore_at AS unlocked_at, u.points, h.source
FROM hardcore_unlock h CROSS JOIN LATERAL (
    SELECT e.points FROM unlock_ever e WHERE e.player_id = h.player_id AND e.achievement_id = h.achievement_id LIMIT 1) u;
