"""Routes of the games app, below /api/v1/."""

from django.urls import path

from apps.games.views.achievements import AchievementOrderView, ManagedAchievementsView, ManagedAchievementView
from apps.games.views.api_keys import ApiKeysView, RevokeApiKeyView
from apps.games.views.definitions import DefinitionsView
from apps.games.views.games import GameListView, GameView, ManagedGameListView, ManagedGameView
from apps.games.views.history import AchievementHistoryView, GameHistoryView, RestoreVersionView
from apps.games.views.publishing import (
    ArchiveAchievementView,
    ChangesView,
    DraftView,
    PublicationsView,
    PublicationView,
    PublishAchievementView,
    PublishChangesView,
)
from apps.games.views.sets import ManagedSetsView, ManagedSetView, SetOrderView
from apps.games.views.tokens import OwnTokensView, OwnTokenView

MANAGED = "manage/games/<id:game_id>"
ACHIEVEMENT = f"{MANAGED}/achievements/<ref:achievement>"

urlpatterns = [
    path("players/me/tokens", OwnTokensView.as_view(), name="own-tokens"),
    path("players/me/tokens/<id:token_id>", OwnTokenView.as_view(), name="own-token"),
    path("games", GameListView.as_view(), name="games"),
    path("games/<game_ref:game>", GameView.as_view(), name="game"),
    path("manage/games", ManagedGameListView.as_view(), name="managed-games"),
    path(MANAGED, ManagedGameView.as_view(), name="managed-game"),
    path(f"{MANAGED}/achievements", ManagedAchievementsView.as_view(), name="managed-achievements"),
    path(f"{MANAGED}/achievements/order", AchievementOrderView.as_view(), name="achievement-order"),
    path(ACHIEVEMENT, ManagedAchievementView.as_view(), name="managed-achievement"),
    path(f"{ACHIEVEMENT}/publish", PublishAchievementView.as_view(), name="publish-achievement"),
    path(f"{ACHIEVEMENT}/archive", ArchiveAchievementView.as_view(), name="archive-achievement"),
    path(f"{ACHIEVEMENT}/draft", DraftView.as_view(), name="achievement-draft"),
    path(f"{ACHIEVEMENT}/history", AchievementHistoryView.as_view(), name="achievement-history"),
    path(f"{ACHIEVEMENT}/history/<id:entry_id>/restore", RestoreVersionView.as_view(), name="restore-version"),
    path(f"{MANAGED}/changes", ChangesView.as_view(), name="changes"),
    path(f"{MANAGED}/changes/publish", PublishChangesView.as_view(), name="publish-changes"),
    path(f"{MANAGED}/publications", PublicationsView.as_view(), name="publications"),
    path(f"{MANAGED}/publications/<id:publication_id>", PublicationView.as_view(), name="publication"),
    path(f"{MANAGED}/history", GameHistoryView.as_view(), name="game-history"),
    path(f"{MANAGED}/sets", ManagedSetsView.as_view(), name="managed-sets"),
    path(f"{MANAGED}/sets/order", SetOrderView.as_view(), name="set-order"),
    path(f"{MANAGED}/sets/<game_ref:achievement_set>", ManagedSetView.as_view(), name="managed-set"),
    path(f"{MANAGED}/definitions", DefinitionsView.as_view(), name="definitions"),
    path(f"{MANAGED}/keys", ApiKeysView.as_view(), name="api-keys"),
    path(f"{MANAGED}/keys/<id:key_id>/revoke", RevokeApiKeyView.as_view(), name="revoke-api-key"),
]
