"""Strict validation of request data: a misspelt member is an error instead of being ignored."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from rest_framework import serializers
from rest_framework.request import Request

from apps.core.errors import Flaw, InvalidError
from apps.core.parsing import sentences
from apps.core.parsing.values import COUNT_MAX, read_count, read_uuid

AnySerializer = serializers.Serializer[Any]
S = TypeVar("S", bound=AnySerializer)

_JSON_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], Promise], ...] = (
    (serializers.BooleanField, (bool,), sentences.NOT_A_BOOLEAN),
    (serializers.IntegerField, (int,), sentences.NOT_A_WHOLE_NUMBER),
    (serializers.FloatField, (int, float), sentences.NOT_A_NUMBER),
    (serializers.ListField, (list,), sentences.NOT_A_LIST),
    (serializers.ListSerializer, (list,), sentences.NOT_A_LIST),
    (serializers.DictField, (dict,), sentences.NOT_AN_OBJECT),
    (serializers.Serializer, (dict,), sentences.NOT_AN_OBJECT),
    (serializers.CharField, (str,), sentences.NOT_TEXT),
    (serializers.UUIDField, (str,), sentences.NOT_A_UUID),
    (serializers.DateTimeField, (str,), sentences.NOT_A_MOMENT),
    (serializers.DateField, (str,), sentences.NOT_A_DAY),
)


def read(serializer_class: type[AnySerializer], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """Return the validated members of a JSON body. Raises: ValidationError, InvalidError, pointing at each flaw.

    JSON types are not converted (no "5" for 5); unknown members are refused.
    """
    if not isinstance(data, Mapping):
        raise InvalidError.of(Flaw("", *sentences.wrong_type(sentences.NOT_A_BODY)))
    serializer = serializer_class(data=data, partial=partial)
    problems = _problems(serializer, data)
    if not serializer.is_valid() or problems:
        raise serializers.ValidationError(_merged(serializer.errors, problems))
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
        Flaw("" if name == "non_field_errors" else name, code, sentences.sentence_of(code, str(error)))
        for name, found in errors.items()
        for error in found
        for code in [str(getattr(error, "code", "invalid"))]
    ]
    return InvalidError.of(*flaws)


def naming_choices(
    errors: Mapping[str, Iterable[str]], choices: Mapping[str, Iterable[object]]
) -> dict[str, list[str]]:
    """Return errors by name, where those of a value outside of a fixed set list the set."""
    return {
        name: [
            _error(sentences.one_of(choices[name]))
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
        raise InvalidError(str(sentences.NOT_A_UUID), pointer=name)
    return found


def read_number(params: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    """Return the whole number in a query parameter. Raises: InvalidError when it is malformed or out of bounds."""
    text = params.get(name)
    return default if text is None else number_in(text, name, low=low, high=high)


def number_in(text: str, name: str, *, low: int = 0, high: int = COUNT_MAX) -> int:
    """Return the whole number in a parameter or header. Raises: InvalidError, naming it."""
    number = read_count(text)
    if number is None or not low <= number <= high:
        raise InvalidError(sentences.whole_number(name, low=low, high=high), pointer=name)
    return number


def _error(mistake: sentences.Mistake) -> serializers.ErrorDetail:
    code, sentence = mistake
    return serializers.ErrorDetail(sentence, code)


def _merged(theirs: Any, ours: Any) -> Any:
    """Return the errors of serializers with ours in their place where both say something."""
    if not isinstance(ours, dict):
        return ours
    # Of a list of objects they have one entry each.
    found = theirs if isinstance(theirs, dict) else dict(enumerate(theirs or ()))
    by_name = {str(name): error for name, error in found.items()}
    return by_name | {name: _merged(by_name.get(name), error) for name, error in ours.items()}


def _problems(serializer: AnySerializer, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return errors that serializers would let pass: unknown members, and values of another JSON type."""
    found: dict[str, Any] = {}
    for name in data:
        field = serializer.fields.get(name)
        if field is None or field.read_only:
            known = [name for name, field in serializer.fields.items() if not field.read_only]
            found[name] = [_error(sentences.unknown_member(known))]
        elif problem := _problem_of(field, data[name]):
            found[name] = problem
    return found


def _problem_of(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, serializers.ChoiceField):
        is_one = isinstance(value, str) and value in field.choices
        return None if is_one else [_error(sentences.one_of(field.choices))]
    wanted = next((entry for entry in _JSON_TYPES if isinstance(field, entry[0])), None)
    if wanted is not None and (not isinstance(value, wanted[1]) or (isinstance(value, bool) and bool not in wanted[1])):
        return [_error(sentences.wrong_type(wanted[2]))]
    if isinstance(field, serializers.Serializer):
        return _problems(field, value)
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        problems = [_problem_of(field.child, item) for item in value]
        return {str(index): problem for index, problem in enumerate(problems) if problem}
    return None
