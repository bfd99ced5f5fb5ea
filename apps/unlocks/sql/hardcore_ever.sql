-- Unlocks as they were earned in hardcore, with the columns of unlock_ever that boards go by: the unlock's points, the time
-- of its hardcore, and who said so.
CREATE VIEW hardcore_ever AS
SELECT h.player_id, h.achievement_id, h.game_id, h.hardcore_at AS unlocked_at, u.points, h.source
FROM hardcore_unlock h JOIN unlock_ever u ON u.player_id = h.player_id AND u.achievement_id = h.achievement_id;
