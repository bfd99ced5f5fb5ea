-- The ledger. Columns run from wide to narrow. No foreign keys: record_unlocks joins player and achievement anyway, and
-- a key's check would lock the row of a popular achievement in every transaction that unlocks it.
CREATE TABLE unlock (
    player_id uuid NOT NULL,
    achievement_id uuid NOT NULL,
    game_id uuid NOT NULL,
    unlocked_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    definition_version integer NOT NULL,
    points smallint NOT NULL,
    source smallint NOT NULL,
    -- Exactly-once rests on this key alone.
    CONSTRAINT unlock_pkey PRIMARY KEY (player_id, achievement_id)
) PARTITION BY HASH (player_id);

DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE unlock_p%s PARTITION OF unlock FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            to_char(remainder, 'FM00'), remainder);
    END LOOP;
END
$$;

-- Profiles: a player's latest unlocks.
CREATE INDEX unlock_player_unlocked_idx ON unlock (player_id, unlocked_at DESC);
-- Game pages and the portal's tail: a game's latest unlocks.
CREATE INDEX unlock_game_unlocked_idx ON unlock (game_id, unlocked_at DESC);

-- What test keys report; the same columns, apart, so that nothing that counts can ever read it.
CREATE TABLE sandbox_unlock (LIKE unlock INCLUDING DEFAULTS);
ALTER TABLE sandbox_unlock ADD CONSTRAINT sandbox_unlock_pkey PRIMARY KEY (player_id, achievement_id);
CREATE INDEX sandbox_unlock_game_recorded_idx ON sandbox_unlock (game_id, recorded_at DESC);
