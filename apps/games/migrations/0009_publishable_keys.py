"""Keys that may be shipped inside a game, with the sites whose pages may send them."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models

import apps.games.models


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0008_no_points"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="allowed_origins",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("secret", "Secret, for a server"),
                    ("publishable", "Publishable, for a game that is shipped"),
                ],
                db_default="secret",
                default="secret",
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="text",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                blank=True,
                default=apps.games.models.default_scopes,
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(
                condition=models.Q(
                    ("kind", "publishable"), ("revoked_at", None), models.Q(("allowed_origins", []), _negated=True)
                ),
                fields=["kind"],
                name="api_key_origins_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("allowed_origins", []), ("kind", "secret"), ("text", "")),
                    models.Q(("kind", "publishable"), ("scopes", []), models.Q(("text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="api_key_kind_check",
            ),
        ),
    ]
