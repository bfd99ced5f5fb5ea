-- Records a chunk of an import in one statement: the ledger's rows, what the import has brought so far, and one event
-- for all that is new. The caller has judged the unlocks; of twins the earliest stays.
WITH reported AS MATERIALIZED (
    SELECT r.position, p.player_id, a.id AS achievement_id, a.points, a.version, r.unlocked_at
    FROM unnest(%(player_ids)s::text::uuid[], %(achievement_ids)s::text::uuid[], %(unlocked_ats)s::text::timestamptz[])
        WITH ORDINALITY AS r (player_id, achievement_id, unlocked_at, position)
    LEFT JOIN LATERAL (
        SELECT coalesce(k.merged_into_id, k.id) AS player_id FROM player k WHERE k.id = r.player_id AND NOT k.is_test
        LIMIT 1) p ON true
    LEFT JOIN achievement a ON a.id = r.achievement_id AND a.game_id = %(game_id)s
), recorded AS (
    INSERT INTO unlock AS u (
        player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
    SELECT DISTINCT ON (player_id, achievement_id)
        player_id, achievement_id, %(game_id)s, unlocked_at, %(moment)s, version, points, %(source)s
    FROM reported WHERE player_id IS NOT NULL AND achievement_id IS NOT NULL
    -- In the order that every writer of the ledger takes.
    ORDER BY player_id, achievement_id, unlocked_at, position
    ON CONFLICT DO NOTHING
    RETURNING u.player_id, u.achievement_id, u.points, u.unlocked_at
), brought AS (
    INSERT INTO imported_unlock (import_id, player_id, achievement_id)
    SELECT DISTINCT %(import_id)s::uuid, player_id, achievement_id
    FROM reported WHERE player_id IS NOT NULL AND achievement_id IS NOT NULL
    ORDER BY player_id, achievement_id
    ON CONFLICT DO NOTHING
    RETURNING player_id
), counted AS (
    UPDATE unlock_import SET
        unlock_count = unlock_count + (SELECT count(*) FROM brought),
        recorded_count = recorded_count + (SELECT count(*) FROM recorded)
    WHERE id = %(import_id)s
), announced AS (
    INSERT INTO outbox (kind, payload)
    SELECT 'unlocks_imported', jsonb_build_object(
        'game_id', %(game_id)s::uuid,
        'player_ids', jsonb_agg(player_id), 'achievement_ids', jsonb_agg(achievement_id),
        'points', jsonb_agg(points), 'unlocked_ats', jsonb_agg(unlocked_at))
    FROM recorded HAVING count(*) > 0
)
SELECT reported.player_id, reported.achievement_id, n.points, n.unlocked_at
FROM reported LEFT JOIN recorded n USING (player_id, achievement_id)
ORDER BY reported.position
