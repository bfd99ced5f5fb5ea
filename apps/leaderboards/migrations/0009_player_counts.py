"""A scope's number of players, which is no longer the size of its board: counted once from the standings.

The count reads the all-time standings, some seconds for ten million. What a relay of the version before adds
afterwards is corrected by `reconcile_sizes`.
"""

from django.db import migrations, models

FILL = """
INSERT INTO scope_player_count (scope_id, player_count)
SELECT scope_id, count(*) FROM standing WHERE "window" = 'all' GROUP BY scope_id
"""


class Migration(migrations.Migration):
    dependencies = [("leaderboards", "0008_past_crowns")]

    operations = [
        migrations.CreateModel(
            name="ScopePlayerCount",
            fields=[
                ("scope_id", models.UUIDField(primary_key=True, serialize=False)),
                ("player_count", models.BigIntegerField()),
            ],
            options={"db_table": "scope_player_count"},
        ),
        migrations.CreateModel(
            name="ScopePlayerCountChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope_id", models.UUIDField()),
                ("change", models.IntegerField()),
            ],
            options={"db_table": "scope_player_count_change"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
