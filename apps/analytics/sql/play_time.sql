-- Sessions as games report them, and what they add up to. Keys begin with the player, as every large table's here.
CREATE TABLE play_session (
    player_id uuid NOT NULL,
    game_id uuid NOT NULL,
    ended_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    seconds integer NOT NULL,
    session_id varchar(64) NOT NULL,
    -- A session counts once, whatever is retried or raced.
    CONSTRAINT play_session_pkey PRIMARY KEY (player_id, game_id, session_id),
    CONSTRAINT play_session_seconds_check CHECK (seconds > 0)
);
-- Statistics of a player over time.
CREATE INDEX play_session_player_ended_idx ON play_session (player_id, ended_at);

CREATE TABLE play_time (
    player_id uuid NOT NULL,
    game_id uuid NOT NULL,
    last_played_at timestamptz NOT NULL,
    seconds bigint NOT NULL,
    session_count integer NOT NULL,
    CONSTRAINT play_time_pkey PRIMARY KEY (player_id, game_id)
);
