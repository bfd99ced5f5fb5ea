"""The outbox for operators: what waits, and what was parked with its error; and what every admin of names does."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.models import OutboxEntry
from apps.core.parsing.form_fields import NameFormField

NAMES = frozenset({"name", "display_name", "tagline", "title"})


class NamesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Reads names as every other way in does."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in NAMES:
            options["form_class"] = NameFormField
        return super().formfield_for_dbfield(db_field, request, **options)


@admin.register(OutboxEntry)
class OutboxEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "kind", "created_at", "parked_at", "error")
    list_filter = (("parked_at", admin.EmptyFieldListFilter),)
    ordering = ("id",)
    show_full_result_count = False
    actions = ("retry",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxEntry | None = None) -> bool:
        return False

    @admin.action(description="Try parked events again", permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        queryset.update(parked_at=None, error="")
