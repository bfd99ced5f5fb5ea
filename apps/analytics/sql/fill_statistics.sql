-- The statistics of some players' games from a time on, from the ledger and the play sessions: hour by hour, or by the
-- day before hourly_since. Their old rows must be deleted first.
INSERT INTO player_statistics (
    player_id, game_id, recorded_at, playtime_seconds, unlock_count, points, achievement_count, completion_percentage,
    is_daily)
WITH due AS (
    SELECT * FROM unnest(%(player_ids)s::text::uuid[], %(game_ids)s::text::uuid[], %(sinces)s::timestamptz[])
        AS d (player_id, game_id, since)
), happened AS (
    SELECT d.player_id, d.game_id, u.unlocked_at AS at, 0 AS seconds, 1 AS unlock_count, u.points, 0 AS gone_count
    FROM due d JOIN unlock_ever u ON u.player_id = d.player_id AND u.game_id = d.game_id AND u.unlocked_at >= d.since
    UNION ALL
    SELECT d.player_id, d.game_id, s.ended_at, s.seconds, 0, 0, 0
    FROM due d JOIN play_session s ON s.player_id = d.player_id AND s.game_id = d.game_id AND s.ended_at >= d.since
    UNION ALL
    -- Archived since, or outside of the base set: it counts in its hour, and towards no completion.
    SELECT d.player_id, d.game_id, g.unlocked_at, 0, 0, 0, 1
    FROM due d JOIN earned_uncounted g ON g.player_id = d.player_id AND g.game_id = d.game_id AND g.unlocked_at >= d.since
), slots AS (
    SELECT player_id, game_id,
        date_trunc(CASE WHEN at < %(hourly_since)s THEN 'day' ELSE 'hour' END, at AT TIME ZONE 'UTC')
            AT TIME ZONE 'UTC' AS recorded_at,
        sum(seconds) AS seconds, sum(unlock_count) AS unlock_count, sum(points) AS points,
        sum(unlock_count - gone_count) AS counted
    FROM happened GROUP BY 1, 2, 3
), earlier AS (
    SELECT d.player_id, d.game_id, (
        SELECT count(*) FROM unlock_ever u
        WHERE u.player_id = d.player_id AND u.game_id = d.game_id AND u.unlocked_at < d.since) - (
        SELECT count(*) FROM earned_uncounted g
        WHERE g.player_id = d.player_id AND g.game_id = d.game_id AND g.unlocked_at < d.since) AS counted
    FROM due d
), running AS (
    SELECT s.*, e.counted + sum(s.counted) OVER (
        PARTITION BY s.player_id, s.game_id ORDER BY s.recorded_at) AS achievement_count
    FROM slots s JOIN earlier e USING (player_id, game_id)
)
SELECT r.player_id, r.game_id, r.recorded_at, r.seconds, r.unlock_count, r.points, r.achievement_count,
    CASE WHEN coalesce(t.achievement_count, 0) = 0 THEN 0
        ELSE least(100, 100.0 * r.achievement_count / t.achievement_count) END,
    r.recorded_at < %(hourly_since)s
FROM running r LEFT JOIN game_total t USING (game_id)
ORDER BY r.player_id, r.game_id, r.recorded_at
RETURNING recorded_at
