"""Accounts and players for operators."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from apps.core.admin import NamesAdmin, OperatorsForm, PlainAdmin, ReadOnlyAdmin, ReasonedAdmin, refusing
from apps.players.actions import delete_account, delete_player, hold_handle, rulings
from apps.players.actions.activity import require_not_only_owner, set_active
from apps.players.actions.players import note_profile
from apps.players.errors import OwnerNeededError, PlayerNotFoundError
from apps.players.former_handles import problem_with_handle
from apps.players.handles import shape_of
from apps.players.models import Account, ExternalIdentity, Player, PlayerRuling, handle_rule, time_zone_rule

admin.site.unregister((EmailAddress, Group))


class WholeAdmin(PlainAdmin):
    """Deletes with all that goes along, which nobody may delete alone: rulings, say."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        names, counts, _, protected = super().get_deleted_objects(objs, request)
        return names, counts, set(), protected


@admin.register(EmailAddress)
class EmailAddressAdmin(PlainAdmin, AllauthEmailAddressAdmin):
    pass


@admin.register(Group)
class GroupAdmin(PlainAdmin, DjangoGroupAdmin):
    pass


class AccountForm(OperatorsForm):
    """An account; one that a studio needs stays active."""

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        return email.lower()

    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if self.initial.get("is_active") and not is_active and not self.instance._state.adding:  # noqa: SLF001
            with refusing():
                require_not_only_owner(self.instance)
        return is_active


@admin.register(Account)
class AccountAdmin(WholeAdmin):
    form = AccountForm
    list_display = ("email", "is_active", "is_staff", "created_at", "last_login")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("created_at", "last_login")
    exclude = ("password",)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        names, counts, permissions, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected.append(OwnerNeededError().detail)
        return names, counts, permissions, protected

    def save_model(self, request: HttpRequest, obj: Account, form: "forms.ModelForm[Account]", change: bool) -> None:
        if change:
            set_active(Account.objects.filter(pk=obj.pk), is_active=obj.is_active)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Account) -> None:
        delete_account(account=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> None:
        for account in queryset:
            delete_account(account=account)


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


class PlayerForm(OperatorsForm):
    """A player, whose new handle must be free; operators may rename as often as they need to."""

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"]
        handle_rule(handle)
        # A new player's id is nobody's yet.
        if "handle" in self.changed_data and (problem := problem_with_handle(handle, self.instance)):
            raise forms.ValidationError(problem.detail, code=problem.code)
        return handle

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if "time_zone" in self.changed_data:
            time_zone_rule(name)
        return name


@admin.register(Player)
class PlayerAdmin(WholeAdmin, ReasonedAdmin, NamesAdmin):
    form = PlayerForm
    list_display = ("handle", "display_name", "region", "visibility", "banned_at", "untracked_at", "created_at")
    search_fields = ("handle", "display_name", "account__email")
    list_filter = (
        "region",
        "visibility",
        ("banned_at", admin.EmptyFieldListFilter),
        ("untracked_at", admin.EmptyFieldListFilter),
    )
    ordering = ("handle",)
    # Rulings come from the actions below, which record who and why; the rest is written by merges, games and jobs.
    readonly_fields = ("merged_into", "merged_at", "created_at", "banned_at", "untracked_at", "archived_at", "is_test")
    raw_id_fields = ("account",)
    actions = ("ban", "lift_ban", "untrack", "track")

    def get_readonly_fields(self, request: HttpRequest, obj: Player | None = None) -> tuple[str, ...]:
        # A change of region moves boards, and one of account links: neither is edited here.
        return self.readonly_fields if obj is None else (*self.readonly_fields, "region", "account")

    def save_model(self, request: HttpRequest, obj: Player, form: "forms.ModelForm[Player]", change: bool) -> None:
        former = Player.objects.filter(pk=obj.pk).exclude(handle__iexact=obj.handle).first()
        super().save_model(request, obj, form, change)
        if former is not None:
            obj.handle_shape = shape_of(obj.handle)
            obj.save(update_fields=["handle_shape"])
            hold_handle(obj, former.handle)
        note_profile(obj.pk)

    @admin.action(description=gettext_lazy("Ban"), permissions=["change"])
    def ban(self, request: HttpRequest, queryset: QuerySet[Player]) -> None:
        self._rule(request, queryset, rulings.ban_player)

    @admin.action(description=gettext_lazy("Lift the ban"), permissions=["change"])
    def lift_ban(self, request: HttpRequest, queryset: QuerySet[Player]) -> None:
        self._rule(request, queryset, rulings.unban_player)

    @admin.action(description=gettext_lazy("Untrack: play on, count nowhere"), permissions=["change"])
    def untrack(self, request: HttpRequest, queryset: QuerySet[Player]) -> None:
        self._rule(request, queryset, rulings.untrack_player)

    @admin.action(description=gettext_lazy("Track again"), permissions=["change"])
    def track(self, request: HttpRequest, queryset: QuerySet[Player]) -> None:
        self._rule(request, queryset, rulings.track_player)

    def _rule(self, request: HttpRequest, players: QuerySet[Player], rule: Callable[..., Player]) -> None:
        if (reason := self.reason_of(request)) is None:
            return
        decided_by = f"account:{request.user.pk}"
        count = 0
        for player in players:
            with suppress(rulings.AlreadyRuledError, PlayerNotFoundError):
                rule(player_id=player.id, decided_by=decided_by, reason=reason)
                count += 1
        text = ngettext("{count} player ruled on.", "{count} players ruled on.", count)
        self.message_user(request, text.format(count=count))

    def delete_model(self, request: HttpRequest, obj: Player) -> None:
        delete_player(player=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Player]) -> None:
        for player in queryset:
            delete_player(player=player)


@admin.register(PlayerRuling)
class PlayerRulingAdmin(ReadOnlyAdmin):
    list_display = ("player", "ruling", "decided_by", "reason", "decided_at")
    list_select_related = ("player",)
    search_fields = ("player__handle", "decided_by")
    list_filter = ("ruling",)
    ordering = ("-decided_at", "id")
