-- A player's activity in each hour or day of a period, with their totals by then; only slots with activity.
-- Reads stored statistics where they are current, and the ledger where they are due to be recomputed.
WITH due AS (
    SELECT game_id, date_trunc(
        CASE WHEN min(since) < %(hourly_since)s THEN 'day' ELSE 'hour' END, min(since) AT TIME ZONE 'UTC')
        AT TIME ZONE 'UTC' AS since
    FROM statistics_due
    WHERE player_id = %(player_id)s AND (%(game_id)s::uuid IS NULL OR game_id = %(game_id)s)
    GROUP BY game_id
), happened AS (
    SELECT s.recorded_at AS at, s.playtime_seconds AS seconds, s.unlock_count, s.points
    FROM player_statistics s LEFT JOIN due d USING (game_id)
    WHERE s.player_id = %(player_id)s AND s.recorded_at >= %(since)s AND s.recorded_at < %(until)s
        AND (%(game_id)s::uuid IS NULL OR s.game_id = %(game_id)s)
        AND (d.since IS NULL OR s.recorded_at < d.since)
    UNION ALL
    SELECT u.unlocked_at, 0, 1, u.points
    FROM unlock_ever u JOIN due d USING (game_id)
    WHERE u.player_id = %(player_id)s AND u.unlocked_at >= greatest(d.since, %(since)s) AND u.unlocked_at < %(until)s
    UNION ALL
    SELECT p.ended_at, p.seconds, 0, 0
    FROM play_session p JOIN due d USING (game_id)
    WHERE p.player_id = %(player_id)s AND p.ended_at >= greatest(d.since, %(since)s) AND p.ended_at < %(until)s
), slots AS (
    SELECT date_trunc(%(unit)s, at AT TIME ZONE 'UTC') AS slot,
        sum(seconds) AS seconds, sum(unlock_count) AS unlock_count, sum(points) AS points
    FROM happened GROUP BY 1
), earlier AS (
    SELECT count(*) AS unlock_count FROM unlock_ever
    WHERE player_id = %(player_id)s AND unlocked_at < %(since)s
        AND (%(game_id)s::uuid IS NULL OR game_id = %(game_id)s)
), gone AS (
    -- Archived since, or outside of the base set: it counts in its hour, and towards no completion.
    SELECT date_trunc(%(unit)s, unlocked_at AT TIME ZONE 'UTC') AS slot FROM earned_uncounted
    WHERE player_id = %(player_id)s AND unlocked_at < %(until)s
        AND (%(game_id)s::uuid IS NULL OR game_id = %(game_id)s)
), authored AS (
    SELECT nullif(achievement_count, 0) AS total FROM game_total WHERE game_id = %(game_id)s
)
SELECT
    slot AT TIME ZONE 'UTC', seconds::bigint, unlock_count::bigint, points::bigint,
    ((SELECT unlock_count FROM earlier) + sum(unlock_count) OVER (ORDER BY slot)
        - (SELECT count(*) FROM gone WHERE gone.slot <= slots.slot))::bigint,
    (SELECT total FROM authored)
FROM slots
ORDER BY 1
