-- A player's points in a scope and window: eight rows an active player and game. Listed by window, so that closed days
-- and weeks leave without touching what stays.
CREATE TABLE standing (
    player_id uuid NOT NULL,
    scope_id uuid NOT NULL,
    reached_at timestamptz NOT NULL,
    opened_on date NOT NULL,
    points integer NOT NULL,
    unlock_count integer NOT NULL,
    "window" varchar(5) NOT NULL,
    region varchar(2) NOT NULL,
    -- Held beside what the board counts.
    uncounted_points integer NOT NULL DEFAULT 0,
    CONSTRAINT standing_pkey PRIMARY KEY (player_id, scope_id, "window", opened_on)
) PARTITION BY LIST ("window");

-- Updates rewrite points in place of the row; room on the page keeps the heap from growing with every unlock.
CREATE TABLE standing_all PARTITION OF standing FOR VALUES IN ('all') WITH (fillfactor = 80);
CREATE TABLE standing_month PARTITION OF standing FOR VALUES IN ('month') WITH (fillfactor = 80);
CREATE TABLE standing_week PARTITION OF standing FOR VALUES IN ('week') WITH (fillfactor = 80);
CREATE TABLE standing_day PARTITION OF standing FOR VALUES IN ('day') WITH (fillfactor = 80);

-- Boards served from PostgreSQL while Redis is away, and rebuilding them: in board order, global and by region.
CREATE INDEX standing_board_idx ON standing (scope_id, "window", opened_on, points DESC, reached_at, player_id);
CREATE INDEX standing_region_board_idx
    ON standing (scope_id, "window", opened_on, region, points DESC, reached_at, player_id);
