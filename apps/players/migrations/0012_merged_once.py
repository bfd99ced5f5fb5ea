"""Players merged into one who was merged later are that one's, as linking has it since: readers follow a merger once."""

from django.db import migrations

# What was reported by the first one's id since is the middle one's: the sweep for stragglers looks at both again.
NOTE_MIDDLE = """
UPDATE player m SET merged_at = now()
WHERE m.merged_into_id IS NOT NULL AND EXISTS (SELECT FROM player p WHERE p.merged_into_id = m.id)
"""
FOLLOW = """
WITH RECURSIVE chain (id, into_id) AS (
    SELECT p.id, m.merged_into_id FROM player m JOIN player p ON p.merged_into_id = m.id
    WHERE m.merged_into_id IS NOT NULL
    UNION SELECT c.id, m.merged_into_id FROM chain c JOIN player m ON m.id = c.into_id
    WHERE m.merged_into_id IS NOT NULL
)
UPDATE player p SET merged_into_id = c.into_id, merged_at = now()
FROM chain c JOIN player last ON last.id = c.into_id AND last.merged_into_id IS NULL
WHERE p.id = c.id
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0011_uncounted_players")]

    operations = [migrations.RunSQL([NOTE_MIDDLE, FOLLOW], migrations.RunSQL.noop)]
