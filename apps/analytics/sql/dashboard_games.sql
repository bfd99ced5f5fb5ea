-- Every game a player has points or play time in, in one statement whatever their number.
SELECT
    g.id, g.slug, g.name, g.cover,
    coalesce(t.seconds, 0), coalesce(s.unlock_count, 0), coalesce(s.points, 0),
    greatest(t.last_played_at, s.reached_at),
    totals.achievement_count, totals.points
FROM (SELECT game_id, seconds, last_played_at FROM play_time WHERE player_id = %(player_id)s) t
FULL JOIN (
    SELECT scope_id, unlock_count, points, reached_at FROM standing
    WHERE player_id = %(player_id)s AND "window" = 'all' AND scope_id <> %(platform)s) s ON s.scope_id = t.game_id
JOIN game g ON g.id = coalesce(t.game_id, s.scope_id) AND g.is_published
CROSS JOIN LATERAL (
    SELECT count(*) AS achievement_count, coalesce(sum(a.points), 0) AS points
    FROM achievement a WHERE a.game_id = g.id AND a.state = 'published') totals
ORDER BY greatest(t.last_played_at, s.reached_at) DESC, g.id
