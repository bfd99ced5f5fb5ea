"""What the portal's forms share: they check what a definition must keep to, and show what an action refuses."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.core.errors import DomainError, NotFoundError
from apps.games import icons
from apps.games.definitions.rules import Problem

T = TypeVar("T")


class DomainForm(forms.Form):
    """A form whose members are named as the domain's, so that a refusal finds its field."""

    def attempt(self, action: Callable[[], T]) -> T | None:
        """Return what the action returns, or None with its refusal shown beside the field it is about."""
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
    """An uploaded picture, made into ours by `convert`; nothing chosen is None."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def __init__(self, *, convert: Callable[[bytes], bytes], **options: Any) -> None:
        super().__init__(required=False, **options)
        self._convert = convert

    def clean(self, data: "UploadedFile[bytes] | None", initial: object = None) -> bytes | None:
        if not data:
            return None
        try:
            # One byte more than allowed is enough to be refused.
            return self._convert(data.read(icons.BYTES_MAX + 1))
        except icons.PictureRefusedError as refusal:
            raise forms.ValidationError(refusal.detail, code=refusal.code) from refusal
