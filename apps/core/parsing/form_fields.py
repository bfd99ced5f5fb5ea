"""Form fields that validate like the API's."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from apps.core.errors import DomainError
from apps.core.parsing.json_text import read_strict_json
from apps.core.parsing.names import normal, normal_text, problem_with_name, problem_with_text


class NameFormField(forms.CharField):
    """A name; see apps.core.parsing.names."""

    def to_python(self, value: object) -> str:
        name = normal(super().to_python(value) or "")
        if name and (problem := problem_with_name(name)):
            raise ValidationError(problem, code="invalid")
        return name


class CountFormField(forms.IntegerField):
    """A whole number in the digits 0 to 9, as the API has them."""

    def to_python(self, value: object) -> int | None:
        if isinstance(value, str) and not value.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class ObjectFormField(forms.JSONField):
    """A JSON object; nothing at all is one without members."""

    def __init__(self, **options: Any) -> None:
        # Only browsers would send what it was before, which a callable default wants hidden beside the field.
        super().__init__(**options | {"show_hidden_initial": False})

    def bound_data(self, data: Any, initial: Any) -> Any:
        # Shown as it was sent: what is refused may have no other form.
        return InvalidJSONInput(data) if isinstance(data, str) else super().bound_data(data, initial)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return {}
        try:
            found = read_strict_json(value) if isinstance(value, str) else value
        except DomainError as error:
            raise ValidationError(error.detail, code="invalid") from error
        return {} if found is None else found


class TextFormField(forms.CharField):
    """A text that may have lines; see apps.core.parsing.names."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        text = normal_text(super().to_python(value) or "")
        if problem := problem_with_text(text):
            raise ValidationError(problem, code="invalid")
        return text
