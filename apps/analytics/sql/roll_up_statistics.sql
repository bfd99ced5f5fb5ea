-- Turns old hours into days, some (player, game, day)s at a time; returns the rows removed and inserted.
WITH chosen AS (
    SELECT DISTINCT player_id, game_id, date_trunc('day', recorded_at AT TIME ZONE 'UTC') AS day
    FROM (
        SELECT player_id, game_id, recorded_at FROM player_statistics
        WHERE NOT is_daily AND recorded_at < %(hourly_since)s ORDER BY recorded_at LIMIT %(limit)s) oldest
), taken AS (
    DELETE FROM player_statistics s USING chosen c
    WHERE s.player_id = c.player_id AND s.game_id = c.game_id AND s.recorded_at >= c.day AT TIME ZONE 'UTC'
        AND s.recorded_at < (c.day + interval '1 day') AT TIME ZONE 'UTC' AND s.recorded_at < %(hourly_since)s
    RETURNING s.*, c.day
), put AS (
    INSERT INTO player_statistics (
        player_id, game_id, recorded_at, playtime_seconds, unlock_count, points, achievement_count,
        completion_percentage, is_daily)
    SELECT player_id, game_id, day AT TIME ZONE 'UTC', sum(playtime_seconds), sum(unlock_count), sum(points),
        (array_agg(achievement_count ORDER BY recorded_at DESC))[1],
        (array_agg(completion_percentage ORDER BY recorded_at DESC))[1], true
    FROM taken GROUP BY player_id, game_id, day
    ORDER BY player_id, game_id, day
    RETURNING playtime_seconds, unlock_count, points
)
SELECT * FROM
    (SELECT count(*), coalesce(sum(playtime_seconds), 0), coalesce(sum(unlock_count), 0), coalesce(sum(points), 0)
        FROM taken) t (hours, taken_seconds, taken_unlocks, taken_points),
    (SELECT count(*), coalesce(sum(playtime_seconds), 0), coalesce(sum(unlock_count), 0), coalesce(sum(points), 0)
        FROM put) p (days, put_seconds, put_unlocks, put_points)
