"""Strict validation of request data: a misspelt member is an error instead of being ignored."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import NOT_AN_OBJECT, one_of, sentence_of, unknown_member, whole_number
from apps.core.parsing.values import COUNT_MAX, read_count, read_uuid

AnySerializer = serializers.Serializer[Any]
S = TypeVar("S", bound=AnySerializer)

_JSON_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], Promise], ...] = (
    (serializers.BooleanField, (bool,), gettext_lazy("true or false")),
    (serializers.IntegerField, (int,), gettext_lazy("a whole number")),
    (serializers.FloatField, (int, float), gettext_lazy("a number")),
    (serializers.ListField, (list,), gettext_lazy("a list")),
    (serializers.ListSerializer, (list,), gettext_lazy("a list")),
    (serializers.DictField, (dict,), gettext_lazy("an object")),
    (serializers.Serializer, (dict,), gettext_lazy("an object")),
    (serializers.CharField, (str,), gettext_lazy("text")),
    (serializers.ChoiceField, (str,), gettext_lazy("text")),
    (serializers.UUIDField, (str,), gettext_lazy("text")),
    (serializers.DateTimeField, (str,), gettext_lazy("text")),
    (serializers.DateField, (str,), gettext_lazy("text")),
)


def read(serializer_class: type[AnySerializer], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """Return the validated members of a JSON body. Raises: ValidationError, pointing at each invalid member.

    JSON types are not converted (no "5" for 5); unknown members are refused.
    """
    if not isinstance(data, Mapping):
        raise serializers.ValidationError({"non_field_errors": [str(NOT_AN_OBJECT)]})
    serializer = serializer_class(data=data, partial=partial)
    problems = _problems(serializer, data)
    if not serializer.is_valid() or problems:
        raise serializers.ValidationError({**serializer.errors, **problems})
    return dict(serializer.validated_data)


def read_query(serializer_class: type[AnySerializer], request: Request) -> dict[str, Any]:
    """Return the validated query parameters. Raises: InvalidError, naming each invalid parameter."""
    serializer = serializer_class(data=request.query_params.dict())
    if not serializer.is_valid():
        raise refused_parameters(_naming_choices(serializer.errors, serializer.fields))
    return dict(serializer.validated_data)


def refused_parameters(errors: Mapping[str, Iterable[str]]) -> InvalidError:
    """Return the refusal of query parameters from their errors, by name."""
    flaws = [
        Flaw("" if name == "non_field_errors" else name, code, sentence_of(code, str(error)))
        for name, found in errors.items()
        for error in found
        for code in [str(getattr(error, "code", "invalid"))]
    ]
    return InvalidError(flaws[0].detail, flaws=flaws)


def naming_choices(
    errors: Mapping[str, Iterable[str]], choices: Mapping[str, Iterable[object]]
) -> dict[str, list[str]]:
    """Return errors by name, where those of a value outside of a fixed set list the set."""
    return {
        name: [
            serializers.ErrorDetail(one_of(choices[name]), "invalid_choice")
            if getattr(error, "code", "") == "invalid_choice" and name in choices
            else error
            for error in found
        ]
        for name, found in errors.items()
    }


def _naming_choices(errors: Mapping[str, Iterable[str]], fields: Mapping[str, Any]) -> dict[str, list[str]]:
    sets = {name: field.choices for name, field in fields.items() if isinstance(field, serializers.ChoiceField)}
    return naming_choices(errors, sets)


def read_id(request: Request, name: str) -> UUID | None:
    """Return the id in a query parameter, None when absent. Raises: InvalidError."""
    text = request.query_params.get(name)
    found = read_uuid(text)
    if text is not None and found is None:
        raise InvalidError(gettext("{name} must be a UUID.").format(name=name), pointer=name)
    return found


def read_number(params: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    """Return the whole number in a query parameter. Raises: InvalidError when it is malformed or out of bounds."""
    text = params.get(name)
    return default if text is None else number_in(text, name, low=low, high=high)


def number_in(text: str, name: str, *, low: int = 0, high: int = COUNT_MAX) -> int:
    """Return the whole number in a parameter or header. Raises: InvalidError, naming it."""
    number = read_count(text)
    if number is None or not low <= number <= high:
        raise InvalidError(whole_number(name, low=low, high=high), pointer=name)
    return number


def _problems(serializer: AnySerializer, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return errors that serializers would let pass: unknown members, and values of another JSON type."""
    found: dict[str, Any] = {}
    for name in data:
        field = serializer.fields.get(name)
        if field is None or field.read_only:
            known = [name for name, field in serializer.fields.items() if not field.read_only]
            found[name] = [serializers.ErrorDetail(unknown_member(known), "unknown")]
        elif problem := _problem_of(field, data[name]):
            found[name] = problem
    return found


def _problem_of(field: Any, value: Any) -> Any:
    if value is None:
        return None
    wanted = next((entry for entry in _JSON_TYPES if isinstance(field, entry[0])), None)
    if wanted is not None and (not isinstance(value, wanted[1]) or (isinstance(value, bool) and bool not in wanted[1])):
        return [serializers.ErrorDetail(gettext("Send {wanted}.").format(wanted=wanted[2]), "invalid_type")]
    if isinstance(field, serializers.ChoiceField) and value not in field.choices:
        return [serializers.ErrorDetail(one_of(field.choices), "invalid_choice")]
    if isinstance(field, serializers.Serializer):
        return _problems(field, value)
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        problems = [_problem_of(field.child, item) for item in value]
        return {str(index): problem for index, problem in enumerate(problems) if problem}
    return None
