"""Routes of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from apps.portal.views import achievements, announcements, api_keys, games, imports, live

app_name = "portal"

achievement = [
    path("", achievements.achievement_edit, name="achievement-edit"),
    path("publish/", achievements.achievement_publish, name="achievement-publish"),
    path("archive/", achievements.achievement_archive, name="achievement-archive"),
    path("delete/", achievements.achievement_delete, name="achievement-delete"),
    path("move/", achievements.achievement_move, name="achievement-move"),
]

game: list[URLPattern | URLResolver] = [
    path("", games.game_detail, name="game-detail"),
    path("edit/", games.game_edit, name="game-edit"),
    path("publish/", games.game_publish, name="game-publish"),
    path("unpublish/", games.game_unpublish, name="game-unpublish"),
    path("achievements/new/", achievements.achievement_create, name="achievement-create"),
    path("achievements/<uuid:achievement_id>/", include(achievement)),
    path("keys/", api_keys.key_list, name="key-list"),
    path("keys/<uuid:key_id>/revoke/", api_keys.key_revoke, name="key-revoke"),
    path("announcements/", announcements.announcement_list, name="announcement-list"),
    path(
        "announcements/<uuid:announcement_id>/withdraw/",
        announcements.announcement_withdraw,
        name="announcement-withdraw",
    ),
    path("live/", live.live, name="live"),
    path("live/rows/", live.live_rows, name="live-rows"),
    path("import/", imports.import_page, name="import"),
    path("import/apply/", imports.import_apply, name="import-apply"),
]

urlpatterns = [
    path("", games.game_list, name="game-list"),
    path("games/new/", games.game_create, name="game-create"),
    path("games/<slug:slug>/", include(game)),
]
