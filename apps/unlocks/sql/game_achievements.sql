-- A page of a game's listed achievements: published ones, and archived ones that the player has earned; each with what
-- the player has of it and the viewer knows. What they say is cached in the process, by the game's revision. Subselects,
-- as each table more in a join doubles the time to plan.
SELECT
    a.id::text, g.revision, __KNOWN__,
    (SELECT c.share FROM achievement_completion c WHERE c.achievement_id = a.id),
    (SELECT c.hardcore_share FROM achievement_completion c WHERE g.has_modes AND c.achievement_id = a.id),
    __UNLOCKED_AT__,
    (SELECT __HARDCORE_AT__ FROM __HARDCORE__ h
        WHERE g.has_modes AND h.player_id = %(player_id)s AND h.achievement_id = a.id),
    (SELECT r.steps FROM __PROGRESS__ r WHERE r.player_id = %(viewer_id)s AND r.achievement_id = a.id),
    a.position
FROM game g
JOIN achievement a ON a.game_id = g.id
LEFT JOIN __UNLOCK__ u ON u.player_id = %(player_id)s AND u.achievement_id = a.id
WHERE g.id = %(game_id)s AND a.game_id = %(game_id)s AND (__LISTED__ OR (a.state = 'archived' AND u.player_id IS NOT NULL)) AND __CHOSEN__
ORDER BY __ORDER__
LIMIT %(limit)s
