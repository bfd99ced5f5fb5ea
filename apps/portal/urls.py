"""Routes of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from apps.portal.views import achievements, announcements, api_keys, games, imports, live, publishing, sets, webhooks

app_name = "portal"

achievement = [
    path("", achievements.achievement_edit, name="achievement-edit"),
    path("publish/", publishing.achievement_publish, name="achievement-publish"),
    path("schedule/", publishing.achievement_schedule, name="achievement-schedule"),
    path("archive/", publishing.achievement_archive, name="achievement-archive"),
    path("discard/", publishing.draft_discard, name="achievement-discard"),
    path("history/", publishing.achievement_history, name="achievement-history"),
    path("history/<id:entry_id>/restore/", publishing.version_restore, name="version-restore"),
    path("delete/", achievements.achievement_delete, name="achievement-delete"),
    path("move/", achievements.achievement_move, name="achievement-move"),
]

webhook: list[URLPattern | URLResolver] = [
    path("", webhooks.webhook_detail, name="webhook-detail"),
    path("edit/", webhooks.webhook_edit, name="webhook-edit"),
    path("rotate/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("enable/", webhooks.webhook_enable, name="webhook-enable"),
    path("disable/", webhooks.webhook_disable, name="webhook-disable"),
    path("delete/", webhooks.webhook_delete, name="webhook-delete"),
    path("test/", webhooks.webhook_test, name="webhook-test"),
    path("resend-failed/", webhooks.webhook_resend_failed, name="webhook-resend-failed"),
    path("deliveries/<id:delivery_id>/", webhooks.webhook_delivery, name="webhook-delivery"),
    path("deliveries/<id:delivery_id>/resend/", webhooks.webhook_resend, name="webhook-resend"),
]

achievement_set = [
    path("", sets.set_edit, name="set-edit"),
    path("delete/", sets.set_delete, name="set-delete"),
    path("move/", sets.set_move, name="set-move"),
]

game: list[URLPattern | URLResolver] = [
    path("", games.game_detail, name="game-detail"),
    path("edit/", games.game_edit, name="game-edit"),
    path("publish/", games.game_publish, name="game-publish"),
    path("unpublish/", games.game_unpublish, name="game-unpublish"),
    path("achievements/new/", achievements.achievement_create, name="achievement-create"),
    path("achievements/<id:achievement_id>/", include(achievement)),
    path("changes/", publishing.changes, name="changes"),
    path("changes/schedule/", publishing.changes_schedule, name="changes-schedule"),
    path("changes/history/", publishing.game_history, name="changes-history"),
    path("publications/<id:publication_id>/cancel/", publishing.publication_cancel, name="publication-cancel"),
    path("sets/new/", sets.set_create, name="set-create"),
    path("sets/<id:set_id>/", include(achievement_set)),
    path("keys/", api_keys.key_list, name="key-list"),
    path("keys/<id:key_id>/revoke/", api_keys.key_revoke, name="key-revoke"),
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/<id:webhook_id>/", include(webhook)),
    path("announcements/", announcements.announcement_list, name="announcement-list"),
    path(
        "announcements/<id:announcement_id>/withdraw/",
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
