-- Standings of some players that differ from the ledger, with the expected values; null for those to delete.
-- One statement, so that ledger, standings and outbox are read at one moment; players with pending events are left out.
WITH settled AS (
    SELECT p.id, p.region FROM player p
    WHERE p.id = ANY (%(player_ids)s) AND p.merged_into_id IS NULL AND NOT EXISTS (
        SELECT FROM outbox o WHERE p.id::text IN (
            o.payload->>'player_id', o.payload->>'from_player_id', o.payload->>'into_player_id'))
        -- Read once, not once a player: a chunk of an import has a thousand.
        AND p.id NOT IN (
            SELECT jsonb_array_elements_text(o.payload->'player_ids')::uuid FROM outbox o
            WHERE o.kind = 'unlocks_imported')
), expected AS (
    SELECT u.player_id, s.scope_id, w."window", w.opened_on, p.region,
        sum(u.points)::integer AS points, count(*)::integer AS unlock_count,
        date_trunc('second',
            coalesce(max(u.unlocked_at) FILTER (WHERE u.points > 0), max(u.unlocked_at)) AT TIME ZONE 'UTC')
            AT TIME ZONE 'UTC' AS reached_at
    FROM settled p JOIN unlock_ever u ON u.player_id = p.id
    CROSS JOIN LATERAL (VALUES (u.game_id), (%(platform)s::uuid)) AS s (scope_id)
    CROSS JOIN LATERAL (VALUES
        ('all', date '1970-01-01'),
        ('month', date_trunc('month', u.unlocked_at AT TIME ZONE 'UTC')::date),
        ('week', date_trunc('week', u.unlocked_at AT TIME ZONE 'UTC')::date),
        ('day', (u.unlocked_at AT TIME ZONE 'UTC')::date)) AS w ("window", opened_on)
    WHERE w."window" = 'all' OR w.opened_on >= CASE w."window"
        WHEN 'month' THEN %(months_since)s WHEN 'week' THEN %(weeks_since)s ELSE %(days_since)s END
    GROUP BY 1, 2, 3, 4, 5
), stored AS (
    SELECT t.* FROM settled p JOIN standing t ON t.player_id = p.id
    WHERE t."window" = 'all' OR t.opened_on >= CASE t."window"
        WHEN 'month' THEN %(months_since)s WHEN 'week' THEN %(weeks_since)s ELSE %(days_since)s END
)
SELECT player_id, scope_id, "window", opened_on, e.region, e.points, e.unlock_count, e.reached_at,
    t.region, t.points
FROM expected e FULL JOIN stored t USING (player_id, scope_id, "window", opened_on)
WHERE (e.region, e.points, e.unlock_count, e.reached_at) IS DISTINCT FROM
    (t.region, t.points, t.unlock_count, t.reached_at)
ORDER BY player_id, scope_id, "window", opened_on
