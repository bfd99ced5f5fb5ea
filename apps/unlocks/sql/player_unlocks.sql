-- A page of a player's unlocks, each with what the viewer knows of it. What the achievement and its game say is cached
-- in the process, by the game's revision. Subselects, as each table more in a join doubles the time to plan.
SELECT
    u.achievement_id::text, g.revision, __KNOWN__,
    (SELECT c.share FROM achievement_completion c WHERE c.achievement_id = u.achievement_id),
    CASE WHEN g.has_modes THEN
        (SELECT c.hardcore_share FROM achievement_completion c WHERE c.achievement_id = u.achievement_id) END,
    __UNLOCKED_AT__,
    CASE WHEN g.has_modes THEN (
        SELECT __HARDCORE_AT__ FROM __HARDCORE__ h
        WHERE h.player_id = %(player_id)s AND h.achievement_id = u.achievement_id) END,
    NULL::integer, u.points
FROM __UNLOCK__ u
JOIN game g ON g.id = u.game_id
WHERE u.player_id = %(player_id)s AND __CHOSEN__
ORDER BY __ORDER__
LIMIT %(limit)s
