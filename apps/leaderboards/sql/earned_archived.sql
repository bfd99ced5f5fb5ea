-- Archived achievements that players have earned: they still give points, and count towards no completion.
CREATE VIEW earned_archived AS
SELECT u.player_id, a.game_id, a.id AS achievement_id, u.points, u.unlocked_at
FROM achievement a JOIN unlock_ever u ON u.achievement_id = a.id
WHERE a.state = 'archived';
