"""The outbox for operators: waiting events, and parked ones with their errors; and base classes of all admins."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import IntegerField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import DomainError, Flaw, InvalidError
from apps.core.models import OutboxEntry
from apps.core.parsing.decision_reasons import REASON_LENGTH_MAX, read_reason
from apps.core.parsing.form_fields import CountFormField, NameFormField, TextFormField

TEXTS = frozenset({"description", "text"})
NAMES = frozenset({"name", "display_name", "tagline", "title"})


@contextmanager
def refusing(form: "forms.ModelForm[Any] | None" = None) -> Iterator[None]:
    """Turn what a rule of actions refuses inside into errors at the form's fields; without one, into one error.

    Raises: ValidationError.
    """
    try:
        yield
    except DomainError as error:
        if form is None:
            raise ValidationError(error.detail, code=error.code) from error
        flaws = error.flaws or (Flaw("", error.code, error.detail),)
        members = [(flaw.pointer.removeprefix("/"), flaw) for flaw in flaws]
        raise ValidationError(
            {
                member if member in form.fields else NON_FIELD_ERRORS: ValidationError(flaw.detail, code=flaw.code)
                for member, flaw in members
            }
        ) from error


# Generic for type checkers only, as the next.
class OperatorsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Base class of the forms of our admins that are held to rules of actions."""


class PlainAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Base class of all our admins."""

    show_full_result_count = False

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *where: Any) -> HttpResponse | None:
        """Refuse a selection that no row can have; the database would."""
        try:
            for selected in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(selected, None)
        except ValidationError:
            words = gettext("What was selected is nothing that this list can have. Nothing was changed.")
            self.message_user(request, words, messages.ERROR)
            return None
        return super().response_action(request, queryset, *where)

    def save_model(self, request: HttpRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool) -> None:
        """Write a new row, or what the form changes of one: the rest may be newer than what the form has read."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in obj._meta.concrete_fields}  # noqa: SLF001 - Django documents it
        obj.save(update_fields=columns.intersection(form.changed_data))


class ReadOnlyAdmin(PlainAdmin):
    """For reading only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReasonForm(ActionForm):
    """The reason of a decision, which is stored with it and read by `reason_of`."""

    # Refuses nothing itself: of what an action's form refuses, Django says that no action was selected.
    reason = forms.Field(
        label=gettext_lazy("Reason"), required=False, widget=forms.TextInput({"maxlength": REASON_LENGTH_MAX})
    )


class ReasonedAdmin(PlainAdmin):
    """Takes decisions on rows, each with its reason."""

    action_form = ReasonForm

    def reason_of(self, request: HttpRequest) -> str | None:
        """Return the reason of an action; None for one without a good one, of which a message says what is wrong."""
        try:
            return read_reason(request.POST.get("reason", ""))
        except InvalidError as error:
            words = gettext("Reason, beside the action: {problem} Nothing was changed.")
            self.message_user(request, words.format(problem=error.detail), messages.ERROR)
            return None


class NamesAdmin(PlainAdmin):
    """Validates names, texts and whole numbers like every other input."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in NAMES:
            options["form_class"] = NameFormField
        elif db_field.name in TEXTS:
            options["form_class"] = TextFormField
        elif isinstance(db_field, IntegerField):
            options["form_class"] = CountFormField
        return super().formfield_for_dbfield(db_field, request, **options)


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "created_at", "parked_at", "error")
    list_filter = (("parked_at", admin.EmptyFieldListFilter),)
    ordering = ("id",)
    actions = ("retry",)

    @admin.action(description=gettext_lazy("Try parked events again"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        queryset.update(parked_at=None, error="")
