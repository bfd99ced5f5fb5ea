"""People for operators."""

from django.contrib import admin

from apps.players.models import Account, Player


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("email", "is_active", "is_staff", "created_at", "last_login")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("created_at", "last_login")
    exclude = ("password",)
    show_full_result_count = False


@admin.register(Player)
class PlayerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("handle", "display_name", "region", "visibility", "created_at")
    search_fields = ("handle", "display_name", "account__email")
    list_filter = ("region", "visibility")
    ordering = ("handle",)
    # A region change moves boards, so it is not a field to edit here.
    readonly_fields = ("region", "created_at")
    raw_id_fields = ("account",)
    show_full_result_count = False
