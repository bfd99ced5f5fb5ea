"""Form fields that validate like the API's."""

from django import forms
from django.core.exceptions import ValidationError

from apps.core.parsing.names import normal, problem_with_name


class NameFormField(forms.CharField):
    """A name; see apps.core.parsing.names."""

    def to_python(self, value: object) -> str:
        name = normal(super().to_python(value) or "")
        if name and (problem := problem_with_name(name)):
            raise ValidationError(problem, code="invalid")
        return name
