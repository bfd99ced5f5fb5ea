"""Form fields that validate like the API's."""

from django import forms
from django.core.exceptions import ValidationError

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


class TextFormField(forms.CharField):
    """A text that may have lines; see apps.core.parsing.names."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        text = normal_text(super().to_python(value) or "")
        if problem := problem_with_text(text):
            raise ValidationError(problem, code="invalid")
        return text
