-- What there is to earn in a game's base set; read wherever completion is shown.
CREATE MATERIALIZED VIEW game_total AS
SELECT g.id AS game_id, count(a.id) AS achievement_count, coalesce(sum(a.points), 0) AS points
FROM game g LEFT JOIN achievement a ON a.game_id = g.id AND a.state = 'published' AND a.set_kind = 'base'
GROUP BY g.id;
-- Refreshing beside readers needs it; completion is looked up by it.
CREATE UNIQUE INDEX game_total_game_uniq ON game_total (game_id);
