-- What players have earned and no game's completion counts: what is archived, and what stands outside of the base set. It
-- still gives points.
CREATE VIEW earned_uncounted AS
SELECT u.player_id, a.game_id, a.id AS achievement_id, u.points, u.unlocked_at
FROM achievement a JOIN unlock_ever u ON u.achievement_id = a.id
WHERE a.state = 'archived' OR a.set_kind <> 'base';
