-- A player's latest unlocks, each with its achievement, its game and what a viewer knows of it. One round trip, where
-- models would take four.
SELECT
    u.unlocked_at, u.points,
    v.player_id IS NOT NULL OR p.revealed_at IS NOT NULL OR u.game_id IS NOT DISTINCT FROM %(key_game_id)s AS is_known,
    c.share, g.has_modes, c.hardcore_share, h.hardcore_at,
    g.id, g.slug, g.name, s.key,
    a.id, a.number, a.key, a.name, a.description, a.points, a.kind, a.target, a.is_hidden, a.icon, a.icon_locked
FROM unlock_ever u
JOIN game g ON g.id = u.game_id AND (g.is_published OR g.id = %(key_game_id)s::uuid)
JOIN achievement a ON a.id = u.achievement_id
JOIN achievement_set s ON s.id = a.set_id
LEFT JOIN achievement_completion c ON c.achievement_id = a.id
LEFT JOIN unlock_ever v ON v.player_id = %(viewer_id)s AND v.achievement_id = u.achievement_id
LEFT JOIN progress p ON p.player_id = %(viewer_id)s AND p.achievement_id = u.achievement_id
LEFT JOIN hardcore_unlock h ON g.has_modes AND h.player_id = u.player_id AND h.achievement_id = u.achievement_id
WHERE u.player_id = %(player_id)s
ORDER BY u.unlocked_at DESC, u.achievement_id
LIMIT %(count)s
