"""Writes of studios, games, achievements and keys. Callers have checked permissions (access.py)."""

from apps.games.actions.achievements import (
    create_achievement,
    delete_achievement,
    move_achievement,
    order_achievements,
)
from apps.games.actions.api_keys import create_api_key, revoke_api_key
from apps.games.actions.drafts import amend_achievement, discard_draft, edit_achievement, restore_version
from apps.games.actions.games import amend_game, create_game, edit_game, publish_game, unpublish_game
from apps.games.actions.imports import import_achievements
from apps.games.actions.publishing import archive_achievement, publish_achievement, publish_changes
from apps.games.actions.scheduling import cancel_publication, schedule_publication
from apps.games.actions.sets import amend_set, create_set, delete_set, edit_set, move_set, order_sets
from apps.games.actions.studios import create_studio, create_studio_with_game
from apps.games.actions.tokens import create_token, delete_tokens, revoke_token
from apps.games.actions.trust import delist_game, list_by_rule, list_game, trust_clients

__all__ = [
    "amend_achievement",
    "amend_game",
    "amend_set",
    "archive_achievement",
    "cancel_publication",
    "create_achievement",
    "create_api_key",
    "create_game",
    "create_set",
    "create_studio",
    "create_studio_with_game",
    "create_token",
    "delete_achievement",
    "delete_set",
    "delete_tokens",
    "delist_game",
    "discard_draft",
    "edit_achievement",
    "edit_game",
    "edit_set",
    "import_achievements",
    "list_by_rule",
    "list_game",
    "move_achievement",
    "move_set",
    "order_achievements",
    "order_sets",
    "publish_achievement",
    "publish_changes",
    "publish_game",
    "restore_version",
    "revoke_api_key",
    "revoke_token",
    "schedule_publication",
    "trust_clients",
    "unpublish_game",
]
