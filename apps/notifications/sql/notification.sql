-- Players' notifications, numbered per player.
CREATE TABLE notification (
    player_id uuid NOT NULL,
    seq bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    kind varchar(40) NOT NULL,
    payload jsonb NOT NULL,
    is_quiet boolean NOT NULL DEFAULT false,
    items jsonb,
    -- Also how a returning client reads what it missed.
    CONSTRAINT notification_pkey PRIMARY KEY (player_id, seq)
);
-- Trimming; in the order of time as good as.
CREATE INDEX notification_created_brin ON notification USING brin (created_at) WITH (autosummarize = on);
