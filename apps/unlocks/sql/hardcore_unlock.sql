-- Unlocks that were earned in hardcore, too: when, and who said so. Apart from the ledger, whose rows would all be eight
-- bytes longer for a ninth column that few games fill; a row here has one there, in the ledger or its archive.
CREATE TABLE hardcore_unlock (
    player_id uuid NOT NULL,
    achievement_id uuid NOT NULL,
    game_id uuid NOT NULL,
    hardcore_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    source smallint NOT NULL,
    CONSTRAINT hardcore_unlock_pkey PRIMARY KEY (player_id, achievement_id)
) PARTITION BY HASH (player_id);

DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE hardcore_unlock_p%s PARTITION OF hardcore_unlock FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            to_char(remainder, 'FM00'), remainder);
    END LOOP;
END
$$;
-- Counting an achievement's for its rarity; revoking them, the latest first.
CREATE INDEX hardcore_unlock_game_idx ON hardcore_unlock (game_id, achievement_id, hardcore_at DESC);

-- What test keys report; the same columns, apart.
CREATE TABLE sandbox_hardcore_unlock (LIKE hardcore_unlock INCLUDING DEFAULTS);
ALTER TABLE sandbox_hardcore_unlock
    ADD CONSTRAINT sandbox_hardcore_unlock_pkey PRIMARY KEY (player_id, achievement_id);

-- What was revoked, with the unlock or alone, as it was.
CREATE TABLE revoked_hardcore_unlock (
    revocation_id uuid NOT NULL REFERENCES revocation (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    LIKE hardcore_unlock INCLUDING DEFAULTS,
    CONSTRAINT revoked_hardcore_unlock_pkey PRIMARY KEY (revocation_id, player_id, achievement_id)
);
