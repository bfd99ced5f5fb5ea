-- Players' progress on achievements they have not earned yet. Columns run from wide to narrow; no foreign keys, as in unlock.sql.
CREATE TABLE progress (
    player_id uuid NOT NULL,
    achievement_id uuid NOT NULL,
    game_id uuid NOT NULL,
    -- When a hidden achievement was shown to this player.
    revealed_at timestamptz,
    updated_at timestamptz NOT NULL,
    steps integer NOT NULL,
    CONSTRAINT progress_pkey PRIMARY KEY (player_id, achievement_id),
    CONSTRAINT progress_steps_check CHECK (steps >= 0)
) PARTITION BY HASH (player_id);

-- Increments that were applied, so that none is applied twice. Its key alone decides races.
CREATE TABLE progress_request (
    player_id uuid NOT NULL,
    achievement_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    request_id varchar(64) COLLATE "C" NOT NULL,
    CONSTRAINT progress_request_pkey PRIMARY KEY (player_id, achievement_id, request_id)
) PARTITION BY HASH (player_id);

DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE progress_p%s PARTITION OF progress FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            to_char(remainder, 'FM00'), remainder);
        EXECUTE format(
            'CREATE TABLE progress_request_p%s PARTITION OF progress_request FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            to_char(remainder, 'FM00'), remainder);
    END LOOP;
END
$$;

-- actions.delete_progress_requests: the oldest.
CREATE INDEX progress_request_created_idx ON progress_request (created_at);

-- What test keys report; the same columns, apart.
CREATE TABLE sandbox_progress (LIKE progress INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE sandbox_progress ADD CONSTRAINT sandbox_progress_pkey PRIMARY KEY (player_id, achievement_id);
CREATE TABLE sandbox_progress_request (LIKE progress_request INCLUDING DEFAULTS);
ALTER TABLE sandbox_progress_request
    ADD CONSTRAINT sandbox_progress_request_pkey PRIMARY KEY (player_id, achievement_id, request_id);
CREATE INDEX sandbox_progress_request_created_idx ON sandbox_progress_request (created_at);
