-- A player's activity in a game in an hour, or in a day once that is old, and their completion by its end. Only slots
-- with activity. Cut by month and without a default partition: a missing one is an error, and old ones leave whole.
CREATE TABLE player_statistics (
    player_id uuid NOT NULL,
    game_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- Exact, so that sums of hours are those of days; shown as hours.
    playtime_seconds integer NOT NULL,
    unlock_count integer NOT NULL,
    points integer NOT NULL,
    achievement_count integer NOT NULL,
    completion_percentage real NOT NULL,
    is_daily boolean NOT NULL,
    CONSTRAINT player_statistics_pkey PRIMARY KEY (player_id, game_id, recorded_at)
) PARTITION BY RANGE (recorded_at);
-- Statistics of games, hour by hour and day by day.
CREATE INDEX player_statistics_recorded_idx ON player_statistics (recorded_at, game_id);
-- Rolling up: the hours that have become old.
CREATE INDEX player_statistics_hourly_idx ON player_statistics (recorded_at) WHERE NOT is_daily;

-- From when on a player's statistics of a game are to be computed anew. Only ever added to, so that no relay waits here
-- for a computation.
CREATE TABLE statistics_due (
    id bigint GENERATED ALWAYS AS IDENTITY,
    player_id uuid NOT NULL,
    game_id uuid NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT statistics_due_pkey PRIMARY KEY (id)
);
-- Answers leave out of player_statistics what is due, and read it live.
CREATE INDEX statistics_due_player_idx ON statistics_due (player_id);

-- What games did in a slot of time; see apps/analytics/statistics/definitions.
CREATE TABLE game_statistic (
    game_id uuid NOT NULL,
    name varchar(40) NOT NULL,
    slot timestamptz NOT NULL,
    -- A part of the game's players, such as a region; empty for all.
    label varchar(20) NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT game_statistic_pkey PRIMARY KEY (game_id, name, slot, label)
);
-- Filling a slot anew.
CREATE INDEX game_statistic_name_slot_idx ON game_statistic (name, slot);

-- How rare an achievement was, day by day.
CREATE TABLE completion_history (
    achievement_id uuid NOT NULL,
    day date NOT NULL,
    unlock_count bigint NOT NULL,
    player_count bigint NOT NULL,
    CONSTRAINT completion_history_pkey PRIMARY KEY (achievement_id, day)
);

-- Trimming; in the order of time as good as.
CREATE INDEX play_session_ended_brin ON play_session USING brin (ended_at) WITH (autosummarize = on);

-- One row while the totals below are to be refreshed.
CREATE TABLE totals_due (id smallint CONSTRAINT totals_due_pkey PRIMARY KEY);
