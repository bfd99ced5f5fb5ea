"""List filters by django-filter, with our problem details."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django_filters import FilterSet
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from apps.core.api.wire.inputs import naming_choices, refused_parameters
from apps.core.parsing.sentences import EMPTY, sentence_of

M = TypeVar("M", bound=Model)


def filtered(filters: type[FilterSet], request: Request, rows: QuerySet[M]) -> QuerySet[M]:
    """Return the rows that the query parameters select. Raises: InvalidError, naming each invalid parameter."""
    chosen: Any = filters(request.query_params, queryset=rows)
    if empty := [name for name in filters.base_filters if request.query_params.get(name) == ""]:
        # django-filter would treat it as absent.
        raise refused_parameters({name: [str(EMPTY)] for name in empty})
    if not chosen.is_valid():
        raise refused_parameters(_errors_of(chosen.form))
    result: QuerySet[M] = chosen.qs
    return result


def _errors_of(form: Any) -> dict[str, list[Any]]:
    """Return the errors of each parameter, by name."""
    errors = {
        name: [ErrorDetail(sentence_of(str(error.code), error.messages[0]), error.code) for error in found]
        for name, found in form.errors.as_data().items()
    }
    fields = {name: field for name, field in form.fields.items() if hasattr(field, "choices")}
    return naming_choices(errors, {name: [key for key, _ in field.choices if key] for name, field in fields.items()})
