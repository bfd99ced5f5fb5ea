"""What a publishable key vouches for may be only what clients may set."""

from importlib import import_module

from django.db import migrations, models

sets = import_module("apps.unlocks.migrations.0003_sets")
CHOICES = [
    (1, "Game server"),
    (2, "Game client"),
    (3, "Portal"),
    (4, "Game client without a server"),
]


class Migration(migrations.Migration):
    dependencies = [("unlocks", "0004_keys_in_any_case")]

    operations = [
        *sets.Migration.operations[1:],
        *(
            migrations.AlterField(
                model_name=name, name="source", field=models.PositiveSmallIntegerField(choices=CHOICES)
            )
            for name in ("unlock", "archivedunlock", "sandboxunlock", "revokedunlock", "earnedunlock")
        ),
    ]
