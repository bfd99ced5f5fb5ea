-- Unlocks of players who have been inactive for a year: as they were, in a table that the hot path never touches.
CREATE TABLE unlock_archive (LIKE unlock INCLUDING DEFAULTS) PARTITION BY HASH (player_id);
DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE unlock_archive_p%s PARTITION OF unlock_archive FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            to_char(remainder, 'FM00'), remainder);
    END LOOP;
END
$$;
ALTER TABLE unlock_archive ADD CONSTRAINT unlock_archive_pkey PRIMARY KEY (player_id, achievement_id);
-- Profiles of inactive players.
CREATE INDEX unlock_archive_player_unlocked_idx ON unlock_archive (player_id, unlocked_at DESC);
-- Revoking an achievement of everyone.
CREATE INDEX unlock_archive_game_unlocked_idx ON unlock_archive (game_id, unlocked_at DESC);

-- All that was ever earned and not revoked. For reading; writers name their table.
CREATE VIEW unlock_ever AS SELECT * FROM unlock UNION ALL SELECT * FROM unlock_archive;
