"""Fields that many tables have, as migrations write them."""

from typing import Any

from django.db import models

import apps.core.clock
import apps.core.ids


def uuid_key() -> "models.Field[Any, Any]":
    return models.UUIDField(default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False)


def composite_key(*columns: str) -> "models.Field[Any, Any]":
    return models.CompositePrimaryKey(*columns, blank=True, editable=False, primary_key=True, serialize=False)


def moment_made() -> "models.Field[Any, Any]":
    return models.DateTimeField(default=apps.core.clock.now, editable=False)


def logical_key(model: str) -> "models.Field[Any, Any]":
    """Return a reference to another table that the database neither checks nor indexes."""
    return models.ForeignKey(model, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
