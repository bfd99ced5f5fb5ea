"""Studios and their games for operators."""

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from apps.core.admin import NamesAdmin, ReadOnlyAdmin
from apps.games.definitions.budget import lock_game, touch_game
from apps.games.definitions.sets import create_base_set
from apps.games.models import (
    Achievement,
    AchievementDraft,
    ApiKey,
    Game,
    HistoryEntry,
    Membership,
    ScheduledPublication,
    Studio,
)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    raw_id_fields = ("account",)
    extra = 0


@admin.register(Studio)
class StudioAdmin(NamesAdmin):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    ordering = ("name",)
    inlines = (MembershipInline,)


@admin.register(Game)
class GameAdmin(NamesAdmin):
    list_display = ("name", "studio", "is_published", "points_budget", "created_at")
    list_select_related = ("studio",)
    search_fields = ("name", "slug", "studio__name")
    list_filter = ("is_published",)
    ordering = ("name",)
    raw_id_fields = ("studio",)

    def save_model(self, request: HttpRequest, obj: Game, form: object, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if not change:
                create_base_set(obj)
            touch_game(lock_game(obj.id))


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
