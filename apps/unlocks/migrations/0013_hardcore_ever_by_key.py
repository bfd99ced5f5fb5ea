"""What was earned in hardcore is read by its key, however much there is of it."""

from django.db import migrations

from apps.core.database.sql import read_sql

VIEW = read_sql("unlocks", "hardcore_ever").replace("CREATE VIEW", "CREATE OR REPLACE VIEW")


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0012_hardcore_events")]

    operations = [migrations.RunSQL(VIEW, migrations.RunSQL.noop)]
