-- What a player did in each hour or day of a stretch of time, with how much they had by then. Only slots with activity.
WITH earned AS (
    SELECT date_trunc(%(unit)s, unlocked_at AT TIME ZONE 'UTC') AS slot, count(*) AS unlock_count, sum(points) AS points
    FROM unlock
    WHERE player_id = %(player_id)s AND unlocked_at >= %(since)s AND unlocked_at < %(until)s
        AND (%(game_id)s::uuid IS NULL OR game_id = %(game_id)s)
    GROUP BY 1
), played AS (
    SELECT date_trunc(%(unit)s, ended_at AT TIME ZONE 'UTC') AS slot, sum(seconds) AS seconds
    FROM play_session
    WHERE player_id = %(player_id)s AND ended_at >= %(since)s AND ended_at < %(until)s
        AND (%(game_id)s::uuid IS NULL OR game_id = %(game_id)s)
    GROUP BY 1
), earlier AS (
    SELECT count(*) AS unlock_count FROM unlock
    WHERE player_id = %(player_id)s AND unlocked_at < %(since)s
        AND (%(game_id)s::uuid IS NULL OR game_id = %(game_id)s)
), authored AS (
    SELECT nullif(count(*), 0) AS total FROM achievement WHERE game_id = %(game_id)s AND state = 'published'
)
SELECT
    coalesce(e.slot, p.slot) AT TIME ZONE 'UTC',
    coalesce(p.seconds, 0)::bigint, coalesce(e.unlock_count, 0), coalesce(e.points, 0),
    ((SELECT unlock_count FROM earlier)
        + sum(coalesce(e.unlock_count, 0)) OVER (ORDER BY coalesce(e.slot, p.slot)))::bigint,
    (SELECT total FROM authored)
FROM earned e FULL JOIN played p ON p.slot = e.slot
ORDER BY 1
