"""What the portal's forms share: validation by the domain's rules, and pictures."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from apps.core.http.pages import DomainForm
from apps.games import icons
from apps.games.definitions.rules import Problem

# As request.FILES.
Files = MultiValueDict[str, Any]
MOMENT = "%Y-%m-%dT%H:%M"


class DefinitionForm(DomainForm):
    """A form of what the rules of definitions judge."""

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if problem.member not in self.errors:
                self.add_error(problem.member if problem.member in self.fields else None, problem.detail)


class PictureField(forms.FileField):
    """An uploaded picture, converted by `convert`; None when no file was chosen."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def __init__(self, *, convert: Callable[[bytes], bytes], **options: Any) -> None:
        super().__init__(required=False, **options)
        self._convert = convert

    def clean(self, data: "UploadedFile[bytes] | None", initial: object = None) -> bytes | None:
        if not data:
            return None
        try:
            # One byte over the limit is enough to refuse it.
            return self._convert(data.read(icons.BYTES_MAX + 1))
        except icons.PictureRefusedError as refusal:
            raise forms.ValidationError(refusal.detail, code=refusal.code) from refusal


def moment_field(label: Any, *, required: bool = True) -> forms.DateTimeField:
    """Return a field for a day and a time of it, as browsers pick them."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, required=required, input_formats=[MOMENT, f"{MOMENT}:%S"], widget=widget)
