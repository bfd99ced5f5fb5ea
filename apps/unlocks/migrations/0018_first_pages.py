"""First pages of players' lists are read by functions, whose plans a session keeps."""

from django.db import migrations

from apps.unlocks.list_sql import first_achievements_function, first_pages_function


class Migration(migrations.Migration):
    dependencies = [
        ("unlocks", "0017_mode_in_events"),
        ("games", "0014_studios_keep_an_owner"),
        ("players", "0014_ended_sessions"),
    ]

    operations = [
        migrations.RunSQL(first_pages_function("unlocks", "u", "smallint"), "DROP FUNCTION first_unlocks"),
        migrations.RunSQL(first_pages_function("progress", "r", "text"), "DROP FUNCTION first_progress"),
        migrations.RunSQL(first_achievements_function(), "DROP FUNCTION first_achievements"),
    ]
