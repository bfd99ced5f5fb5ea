"""Studios and their games for operators."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, ngettext

from apps.core.admin import NamesAdmin, OperatorsForm, ReadOnlyAdmin, ReasonedAdmin, refusing
from apps.core.parsing.form_fields import ObjectFormField
from apps.games import actions, icons
from apps.games.actions.games import require_editable, require_publishable
from apps.games.actions.trust import AlreadyDecidedError
from apps.games.definitions.budget import lock_game, touch_game
from apps.games.definitions.definition import GameDefinition
from apps.games.definitions.rules import problems_of_palette, problems_of_slug, require
from apps.games.definitions.sets import create_base_set
from apps.games.definitions.trust_moves import changing_rules
from apps.games.models import (
    Achievement,
    AchievementDraft,
    ApiKey,
    Game,
    HistoryEntry,
    Membership,
    Role,
    ScheduledPublication,
    Studio,
    TrustDecision,
    only_owners,
)
from apps.players.errors import OwnerNeededError


class MembershipFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The members of a studio, one of whom is an owner."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        self._refuse_members()
        if any(self._makes_owner(form) for form in self._becoming()):
            return
        written = [form.instance.pk for form in self.forms if form.has_changed()]
        leaving = Membership.objects.filter(studio=self.instance.pk, pk__in=written)
        if self.instance._state.adding or only_owners(leaving).exists():  # noqa: SLF001 - Django documents it
            raise ValidationError(OwnerNeededError().detail, code=OwnerNeededError.code)

    def _refuse_members(self) -> None:
        """Refuse to write those who are members, which Django compares within the page alone.

        Rows are written in their order, and new ones last: who is in a row that changes can be in a new one only.
        """
        members = dict(Membership.objects.filter(studio=self.instance.pk).values_list("account", "pk"))
        free = {form.instance.pk for form in self.initial_forms if form.has_changed()}
        for form in self._becoming():
            row = members.get(form.cleaned_data["account"].pk, form.instance.pk)
            if row != form.instance.pk and (form in self.initial_forms or row not in free):
                words = gettext("{account} is a member already. Change that member's row, or look at the page again.")
                raise ValidationError(words.format(account=form.cleaned_data["account"]), code="invalid")

    def _makes_owner(self, form: "ModelForm[Membership]") -> bool:
        """Return whether a form makes an owner who can log in."""
        return bool(form.cleaned_data["role"] == Role.OWNER and form.cleaned_data["account"].is_active)

    def _becoming(self) -> "Iterator[ModelForm[Membership]]":
        """Yield the forms of what is written and stays."""
        return (form for form in self.forms if form.has_changed() and form not in self.deleted_forms)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    formset = MembershipFormSet
    raw_id_fields = ("account",)
    extra = 0


class StudioForm(OperatorsForm):
    """A studio, whose web address is held to the rule of games'."""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        with refusing():
            require(problems_of_slug(slug))
        return slug


@admin.register(Studio)
class StudioAdmin(NamesAdmin):
    form = StudioForm
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    ordering = ("name",)
    inlines = (MembershipInline,)


class OperatorsGameForm(OperatorsForm):
    """A game as its studio could define it."""

    class Meta:
        field_classes = {"palette": ObjectFormField}

    def clean_palette(self) -> dict[str, str]:
        palette: Any = self.cleaned_data["palette"]
        with refusing():
            require(problems_of_palette(palette))
        return {name: colour.lower() for name, colour in palette.items()}

    def clean_cover(self) -> Any:
        cover = self.cleaned_data["cover"]
        if isinstance(cover, UploadedFile):
            with refusing():
                return icons.store_cover(icons.to_cover(cover.read(icons.BYTES_MAX + 1)))
        return cover

    def clean(self) -> dict[str, Any]:
        written: dict[str, Any] = super().clean() or {}
        if self.errors:
            return written
        names = {field.name for field in fields(GameDefinition)}
        definition = GameDefinition(**{name: written[name] for name in names & written.keys()}, **written["palette"])
        with refusing(self):
            current = self.instance if self.instance._state.adding else lock_game(self.instance.pk)  # noqa: SLF001
            require_editable(current, definition, written["points_budget"])
            if written["is_published"] and not current.is_published:
                require_publishable(current)
        return written


@admin.register(Game)
class GameAdmin(ReasonedAdmin, NamesAdmin):
    form = OperatorsGameForm
    list_display = ("name", "studio", "is_published", "trust", "has_trusted_clients", "points_budget", "created_at")
    list_select_related = ("studio",)
    search_fields = ("name", "slug", "studio__name")
    list_filter = ("is_published", "trust", "has_trusted_clients")
    ordering = ("name",)
    raw_id_fields = ("studio",)
    # Decided by the actions below, which record who and why.
    readonly_fields = ("trust", "has_trusted_clients")
    actions = ("list_games", "delist_games", "trust_clients", "distrust_clients")

    def get_readonly_fields(self, request: HttpRequest, obj: Game | None = None) -> tuple[str, ...]:
        # Boards of another studio would have other members.
        return self.readonly_fields if obj is None else (*self.readonly_fields, "studio")

    def save_model(self, request: HttpRequest, obj: Game, form: "ModelForm[Game]", change: bool) -> None:
        with transaction.atomic():
            if change:
                with changing_rules(obj.id):
                    super().save_model(request, obj, form, change)
            else:
                super().save_model(request, obj, form, change)
                create_base_set(obj)
            touch_game(lock_game(obj.id))

    @admin.action(
        description=gettext_lazy("List: name in lists, count on platform leaderboards"), permissions=["change"]
    )
    def list_games(self, request: HttpRequest, queryset: QuerySet[Game]) -> None:
        self._decide(request, queryset, actions.list_game)

    @admin.action(description=gettext_lazy("Delist: take out of both"), permissions=["change"])
    def delist_games(self, request: HttpRequest, queryset: QuerySet[Game]) -> None:
        self._decide(request, queryset, actions.delist_game)

    @admin.action(description=gettext_lazy("Count what only game clients vouched for"), permissions=["change"])
    def trust_clients(self, request: HttpRequest, queryset: QuerySet[Game]) -> None:
        self._decide(request, queryset, partial(actions.trust_clients, is_trusted=True))

    @admin.action(description=gettext_lazy("Don't count what only game clients vouched for"), permissions=["change"])
    def distrust_clients(self, request: HttpRequest, queryset: QuerySet[Game]) -> None:
        self._decide(request, queryset, partial(actions.trust_clients, is_trusted=False))

    def _decide(self, request: HttpRequest, games: QuerySet[Game], decide: Callable[..., Game]) -> None:
        if (reason := self.reason_of(request)) is None:
            return
        decided_by = f"account:{request.user.pk}"
        count = 0
        for game in games:
            with suppress(AlreadyDecidedError):
                decide(game_id=game.id, decided_by=decided_by, reason=reason)
                count += 1
        text = ngettext(
            "{count} game decided; leaderboards follow.", "{count} games decided; leaderboards follow.", count
        )
        self.message_user(request, text.format(count=count))


@admin.register(TrustDecision)
class TrustDecisionAdmin(ReadOnlyAdmin):
    list_display = ("game", "trust", "has_trusted_clients", "decided_by", "reason", "decided_at")
    list_select_related = ("game",)
    search_fields = ("game__name", "game__slug", "decided_by")
    list_filter = ("trust",)
    ordering = ("-decided_at", "id")


@admin.register(Achievement)
class AchievementAdmin(ReadOnlyAdmin):
    """Read-only: editing goes through the portal, which maintains versions and budgets."""

    list_display = ("name", "key", "game", "points", "state", "is_hidden", "version")
    list_select_related = ("game",)
    search_fields = ("name", "key", "game__name")
    list_filter = ("state", "kind", "is_hidden")
    ordering = ("game_id", "position", "id")


@admin.register(AchievementDraft)
class AchievementDraftAdmin(ReadOnlyAdmin):
    """What is drafted beside what is live; editing goes through the portal."""

    list_display = ("name", "key", "achievement", "points")
    list_select_related = ("achievement",)
    search_fields = ("name", "key", "achievement__game__name")
    ordering = ("achievement_id",)


@admin.register(ScheduledPublication)
class ScheduledPublicationAdmin(ReadOnlyAdmin):
    """What is to be published, and what was refused."""

    list_display = ("game", "achievement", "publish_at", "due_at", "refused_at", "refusal_code", "created_by")
    list_select_related = ("game", "achievement")
    search_fields = ("game__name", "game__slug")
    list_filter = (("refused_at", admin.EmptyFieldListFilter),)
    ordering = ("publish_at", "id")


@admin.register(HistoryEntry)
class HistoryEntryAdmin(ReadOnlyAdmin):
    """Who did what to definitions."""

    list_display = ("at", "act", "game", "achievement", "by")
    list_select_related = ("game", "achievement")
    search_fields = ("game__name", "game__slug", "by")
    list_filter = ("act",)
    ordering = ("-id",)


@admin.register(ApiKey)
class ApiKeyAdmin(NamesAdmin):
    """For looking keys up; they are created and revoked in the portal."""

    list_display = ("name", "game", "environment", "prefix", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("game",)
    search_fields = ("name", "prefix", "game__name")
    list_filter = ("environment", ("revoked_at", admin.EmptyFieldListFilter))
    ordering = ("-created_at", "id")
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False
