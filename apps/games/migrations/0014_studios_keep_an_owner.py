"""Deleting an account is refused while it is a studio's only owner; changes nothing in the database."""

import django.db.models
from django.conf import settings
from django.db import migrations

import apps.games.models


class Migration(migrations.Migration):
    dependencies = [("games", "0013_plural_names"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="account",
            field=django.db.models.ForeignKey(
                on_delete=apps.games.models.keeping_an_owner,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
