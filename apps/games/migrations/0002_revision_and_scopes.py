"""Games count their changes; keys from before scopes get what a game server needs."""

import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import apps.games.models


def give_default_scopes(state: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    state.get_model("games", "ApiKey").objects.filter(scopes=[]).update(
        scopes=["players:write", "read", "unlocks:write"]
    )


class Migration(migrations.Migration):
    dependencies = [("games", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="game",
            name="revision",
            field=models.PositiveBigIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), default=apps.games.models.default_scopes, size=None
            ),
        ),
        migrations.RunPython(give_default_scopes, migrations.RunPython.noop, elidable=True),
    ]
