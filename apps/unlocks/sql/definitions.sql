-- What achievements and their games say; with __DRAFTED__ what their drafts say, where they have one.
SELECT
    a.id::text, a.number, a.points, g.revision, g.has_modes, g.id, g.slug, g.name, t.key,
    a.key, a.name, a.description, a.kind, a.target, a.is_hidden, a.icon, a.icon_locked
FROM (
    SELECT
        a.id, a.number, a.game_id, coalesce(d.set_id, a.set_id) AS set_id,
        coalesce(d.points, a.points) AS points, coalesce(d.key, a.key) AS key, coalesce(d.name, a.name) AS name,
        coalesce(d.description, a.description) AS description, coalesce(d.kind, a.kind) AS kind,
        CASE WHEN d.achievement_id IS NULL THEN a.target ELSE d.target END AS target,
        coalesce(d.is_hidden, a.is_hidden) AS is_hidden, coalesce(d.icon, a.icon) AS icon,
        coalesce(d.icon_locked, a.icon_locked) AS icon_locked
    FROM achievement a LEFT JOIN achievement_draft d ON __DRAFTED__ AND d.achievement_id = a.id
    WHERE a.id = ANY (%(ids)s::uuid[])
) a
JOIN achievement_set t ON t.id = a.set_id
JOIN game g ON g.id = a.game_id
