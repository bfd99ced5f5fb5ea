-- Records a chunk of an import in one statement: the ledger's rows, what the import has brought so far, and one event
-- for all that is new. The caller has judged the unlocks; of twins the earliest stays.
WITH sent AS MATERIALIZED (
    SELECT * FROM unnest(
        %(player_ids)s::text::uuid[], %(achievement_ids)s::text::uuid[], %(unlocked_ats)s::text::timestamptz[])
        WITH ORDINALITY AS r (player_id, achievement_id, unlocked_at, position)
), players AS MATERIALIZED (
    -- Looked up once a player: once an unlock took an eighth of the statement.
    SELECT s.player_id AS sent_id, p.player_id FROM (SELECT DISTINCT player_id FROM sent) s
    CROSS JOIN LATERAL (
        SELECT coalesce(k.merged_into_id, k.id) AS player_id FROM player k WHERE k.id = s.player_id AND NOT k.is_test
        LIMIT 1) p
), reported AS MATERIALIZED (
    SELECT s.position, s.player_id AS sent_id, p.player_id, a.id AS achievement_id, a.points, a.version, s.unlocked_at
    FROM sent s LEFT JOIN players p ON p.sent_id = s.player_id
    LEFT JOIN achievement a ON a.id = s.achievement_id AND a.game_id = %(game_id)s
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
        'player_ids', array_agg(player_id)::text, 'achievement_ids', array_agg(achievement_id)::text,
        'points', array_agg(points)::text, 'unlocked_ats', array_agg(unlocked_at)::text)
    FROM recorded HAVING count(*) > 0
)
-- Few have another player or time in the ledger than was sent: reading both took the caller some 6 ms a thousand rows.
SELECT reported.player_id IS NOT NULL, nullif(reported.player_id, reported.sent_id), n.points,
    nullif(n.unlocked_at, reported.unlocked_at)
FROM reported LEFT JOIN recorded n USING (player_id, achievement_id)
ORDER BY reported.position
