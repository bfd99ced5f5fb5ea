"""What the portal's forms share: validation by the domain's rules, and display of refusals."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from apps.core.errors import DomainError, NotFoundError
from apps.games import icons
from apps.games.definitions.rules import Problem

T = TypeVar("T")
# As request.FILES.
Files = MultiValueDict[str, Any]


class DomainForm(forms.Form):
    """A form whose fields carry the domain's names, so that an error finds its field."""

    def attempt(self, action: Callable[[], T]) -> T | None:
        """Return the action's result, or None after adding its error to the field concerned."""
        try:
            return action()
        except NotFoundError:
            raise
        except DomainError as error:
            member = (error.pointer or "").removeprefix("/")
            self.add_error(member if member in self.fields else None, error.detail)
            return None

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
