"""Games and achievements have a number beside their id; existing ones in order of creation."""

from django.db import migrations, models

from apps.core.database.migration_operations import AddNumber


class Migration(migrations.Migration):
    # The tables are locked for moments only; killed, it goes on where it was.
    atomic = False

    dependencies = [("games", "0001_initial")]

    operations = [
        AddNumber(
            "game",
            models.IntegerField(
                db_default=models.Func(
                    models.Value("game_number_seq"), function="nextval", output_field=models.IntegerField()
                ),
                editable=False,
            ),
        ),
        AddNumber(
            "achievement",
            models.IntegerField(
                db_default=models.Func(
                    models.Value("achievement_number_seq"), function="nextval", output_field=models.IntegerField()
                ),
                editable=False,
            ),
        ),
    ]
