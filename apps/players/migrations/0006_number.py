"""Players have a number beside their id; existing ones in order of creation. A million took 58 s."""

from django.db import migrations, models

from apps.core.database.migration_operations import AddNumber


class Migration(migrations.Migration):
    # The tables are locked for moments only; killed, it goes on where it was.
    atomic = False

    dependencies = [("players", "0001_initial")]

    operations = [
        AddNumber(
            "player",
            models.BigIntegerField(
                db_default=models.Func(
                    models.Value("player_number_seq"), function="nextval", output_field=models.BigIntegerField()
                ),
                editable=False,
            ),
        ),
    ]
