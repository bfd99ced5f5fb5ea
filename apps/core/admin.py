"""The outbox for operators: waiting events, and parked ones with their errors; and base classes of all admins."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from apps.core.decision_reasons import REASON_LENGTH_MAX, read_reason
from apps.core.models import OutboxEntry
from apps.core.parsing.form_fields import NameFormField, TextFormField

TEXTS = frozenset({"description", "text"})
NAMES = frozenset({"name", "display_name", "tagline", "title"})


# Generic for type checkers only.
class PlainAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Base class of all our admins."""

    show_full_result_count = False

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
    """The reason of a decision, stored with it."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=REASON_LENGTH_MAX)


class ReasonedAdmin(PlainAdmin):
    """Takes decisions on rows, each with its reason."""

    action_form = ReasonForm

    def reason_of(self, request: HttpRequest) -> str | None:
        """Return the reason of an action; None for one without, which a message says."""
        reason = read_reason(request.POST.get("reason", ""))
        if reason is None:
            self.message_user(request, gettext("Say why, beside the action. Nothing was changed."), messages.ERROR)
        return reason


class NamesAdmin(PlainAdmin):
    """Validates names and texts like every other input."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in NAMES:
            options["form_class"] = NameFormField
        elif db_field.name in TEXTS:
            options["form_class"] = TextFormField
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
