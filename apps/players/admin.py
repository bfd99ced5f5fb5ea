"""Accounts and players for operators."""

from django.contrib import admin
from django.http import HttpRequest

from apps.core.admin import NamesAdmin, PlainAdmin
from apps.players.actions.players import note_profile
from apps.players.models import Account, ExternalIdentity, Player


@admin.register(Account)
class AccountAdmin(PlainAdmin):
    list_display = ("email", "is_active", "is_staff", "created_at", "last_login")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("created_at", "last_login")
    exclude = ("password",)


@admin.register(ExternalIdentity)
class ExternalIdentityAdmin(PlainAdmin):
    """External ids of players; games write them."""

    list_display = ("external_id", "game_id", "environment", "player", "created_at")
    list_select_related = ("player",)
    search_fields = ("external_id", "player__handle")
    list_filter = ("environment",)
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ExternalIdentity | None = None) -> bool:
        return False


@admin.register(Player)
class PlayerAdmin(NamesAdmin):
    list_display = ("handle", "display_name", "region", "visibility", "created_at")
    search_fields = ("handle", "display_name", "account__email")
    list_filter = ("region", "visibility")
    ordering = ("handle",)
    # A change of region moves boards, so it can't be edited here.
    readonly_fields = ("region", "merged_into", "merged_at", "created_at")
    raw_id_fields = ("account",)

    def save_model(self, request: HttpRequest, obj: Player, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note_profile(obj.pk)
