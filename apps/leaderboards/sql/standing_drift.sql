-- Standings of some players that differ from the ledger, with the expected values; null for those to delete.
-- By the rules of standings/what_counts.py. One statement, so that ledger, standings and outbox are read at one moment; players with pending events are left out.
WITH settled AS (
    SELECT p.id, p.region FROM player p
    WHERE p.id = ANY (%(player_ids)s) AND p.merged_into_id IS NULL AND NOT EXISTS (
        SELECT FROM outbox o WHERE p.id::text IN (
            o.payload->>'player_id', o.payload->>'from_player_id', o.payload->>'into_player_id'))
        -- Read once, not once a player: a chunk of an import has a thousand.
        AND p.id NOT IN (
            SELECT unnest((o.payload->>'player_ids')::uuid[]) FROM outbox o WHERE o.kind = 'unlocks_imported')
), expected AS (
    __TOTALS__ FROM __CASUAL__ __WINDOWS__
    WHERE s.is_held AND __RETAINED__
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    __TOTALS__ FROM __HARDCORE__ __WINDOWS__
    WHERE s.is_held AND __RETAINED__
    GROUP BY 1, 2, 3, 4, 5
), stored AS (
    SELECT w.* FROM settled p JOIN standing w ON w.player_id = p.id WHERE __RETAINED__
)
SELECT player_id, scope_id, "window", opened_on, e.region, e.points, e.unlock_count, e.reached_at, e.uncounted_points,
    t.region, t.points, t.unlock_count, t.reached_at, t.uncounted_points
FROM expected e FULL JOIN stored t USING (player_id, scope_id, "window", opened_on)
WHERE (e.region, e.points, e.unlock_count, e.reached_at, e.uncounted_points) IS DISTINCT FROM
    (t.region, t.points, t.unlock_count, t.reached_at, t.uncounted_points)
ORDER BY player_id, scope_id, "window", opened_on
