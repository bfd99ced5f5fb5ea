"""Constraints of renamed tables and columns have the names that new databases give them. Only the catalog changes."""

from django.db import migrations

RENAME = """
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT conrelid::regclass AS of_table, conname AS name, new_name
        FROM pg_constraint CROSS JOIN LATERAL replace(replace(replace(replace(conname,
            'friend_outlet', 'friend_rate_limit'), 'has_gathered', 'has_grouped'),
            'notification_told', 'notification_dedupe_key'), 'told_count', 'notified_count') AS new_name
        WHERE conrelid IN ('announcement'::regclass, 'friend_rate_limit'::regclass, 'notification_dedupe_key'::regclass)
            AND conname <> new_name
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', old.of_table, old.name, old.new_name);
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0012_plural_names")]

    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
