-- A page of a player's progress in what they have not earned and may see. What the achievement and its game say is
-- cached in the process, by the game's revision. Subselects, as each table more in a join doubles the time to plan.
SELECT
    r.achievement_id::text, g.revision, r.revealed_at IS NOT NULL,
    (SELECT c.share FROM achievement_completion c WHERE c.achievement_id = r.achievement_id),
    CASE WHEN g.has_modes THEN
        (SELECT c.hardcore_share FROM achievement_completion c WHERE c.achievement_id = r.achievement_id) END,
    NULL::text,
    CASE WHEN g.has_modes THEN (
        SELECT __HARDCORE_AT__ FROM __HARDCORE__ h
        WHERE h.player_id = %(player_id)s AND h.achievement_id = r.achievement_id) END,
    r.steps, __UPDATED_AT__
FROM __PROGRESS__ r
JOIN game g ON g.id = r.game_id
JOIN achievement a ON a.id = r.achievement_id AND a.kind = 'incremental'
WHERE r.player_id = %(player_id)s AND r.steps > 0 AND __LISTED__ AND (r.revealed_at IS NOT NULL OR NOT __IS_HIDDEN__)
    AND (SELECT u.player_id FROM __UNLOCK__ u
        WHERE u.player_id = %(player_id)s AND u.achievement_id = r.achievement_id) IS NULL
    AND __CHOSEN__
ORDER BY __ORDER__
LIMIT %(limit)s
