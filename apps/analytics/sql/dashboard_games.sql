-- Every game a player has unlocks or play time in, in one statement whatever their number.
SELECT
    g.id, g.slug, g.name, g.cover,
    coalesce(t.seconds, 0), coalesce(s.unlock_count, 0) - coalesce(gone.unlock_count, 0), coalesce(s.points, 0),
    greatest(t.last_played_at, latest.unlocked_at),
    coalesce(totals.achievement_count, 0), coalesce(totals.points, 0), crown.completed_at,
    coalesce(s.unlock_count, 0)
FROM (SELECT game_id, seconds, last_played_at FROM play_time WHERE player_id = %(player_id)s) t
FULL JOIN (
    SELECT scope_id, unlock_count, points + uncounted_points AS points FROM standing
    WHERE player_id = %(player_id)s AND "window" = 'all' AND scope_id <> %(platform)s) s ON s.scope_id = t.game_id
JOIN game g ON g.id = coalesce(t.game_id, s.scope_id) AND (g.is_published OR g.id = %(key_game_id)s::uuid)
LEFT JOIN (
    SELECT game_id, count(*) AS unlock_count FROM earned_uncounted WHERE player_id = %(player_id)s GROUP BY 1
) gone ON gone.game_id = g.id
-- Of all its unlocks; reached_at leaves out those without points, or that no board counts.
LEFT JOIN (
    SELECT game_id, date_trunc('second', max(unlocked_at), 'UTC') AS unlocked_at FROM unlock_ever
    WHERE player_id = %(player_id)s GROUP BY 1
) latest ON latest.game_id = g.id
LEFT JOIN game_total totals ON totals.game_id = g.id
LEFT JOIN crown ON crown.player_id = %(player_id)s AND crown.game_id = g.id AND crown.withdrawn_at IS NULL
ORDER BY greatest(t.last_played_at, latest.unlocked_at) DESC, g.id
