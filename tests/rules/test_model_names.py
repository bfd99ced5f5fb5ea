"""What operators see of a row, in the admin and in what a deletion takes along."""

from django.apps import apps
from django.contrib import admin
from django.db.models import CASCADE, Model


def _taken_along(model: type[Model]) -> set[type[Model]]:
    """Return our models whose rows are deleted with one of this model."""
    relations = [field for field in model._meta.get_fields(include_hidden=True) if getattr(field, "on_delete", None)]
    return {
        field.related_model
        for field in relations
        if field.auto_created and field.on_delete is CASCADE and isinstance(field.related_model, type)
    }


def test_every_row_that_the_admin_names_has_words() -> None:
    named: set[type[Model]] = set()
    waiting = set(admin.site._registry)
    while waiting:
        named.add(model := waiting.pop())
        waiting |= _taken_along(model) - named
    own = {model for model in named if model in apps.get_models() and model.__module__.startswith("apps.")}

    assert {model.__name__ for model in own if model.__str__ is Model.__str__} == set()
    assert len(own) > 35
