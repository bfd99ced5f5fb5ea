-- Closed windows, and the first thousand players of each as they ranked then.
CREATE TABLE closed_window (
    scope_id uuid NOT NULL,
    closed_at timestamptz NOT NULL,
    opened_on date NOT NULL,
    player_count integer NOT NULL,
    "window" varchar(5) NOT NULL,
    CONSTRAINT closed_window_pkey PRIMARY KEY (scope_id, "window", opened_on)
);

CREATE TABLE final_place (
    player_id uuid NOT NULL,
    scope_id uuid NOT NULL,
    reached_at timestamptz NOT NULL,
    opened_on date NOT NULL,
    rank integer NOT NULL,
    points integer NOT NULL,
    unlock_count integer NOT NULL,
    "window" varchar(5) NOT NULL,
    region varchar(2) NOT NULL,
    CONSTRAINT final_place_pkey PRIMARY KEY (player_id, scope_id, "window", opened_on)
);
-- A closed window's places, in order.
CREATE UNIQUE INDEX final_place_window_rank_uniq ON final_place (scope_id, "window", opened_on, rank);
-- A player's medals, the latest first.
CREATE INDEX final_place_player_opened_idx ON final_place (player_id, opened_on DESC);

-- A player's rank on each day of a month, indexed by day; null where none was stored.
CREATE TABLE rank_history (
    player_id uuid NOT NULL,
    scope_id uuid NOT NULL,
    month date NOT NULL,
    ranks integer[] NOT NULL,
    CONSTRAINT rank_history_pkey PRIMARY KEY (player_id, scope_id, month)
) PARTITION BY RANGE (month);
