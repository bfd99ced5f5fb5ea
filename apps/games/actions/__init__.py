"""Writes of studios, games, achievements and keys. Callers have checked permissions (access.py)."""

from apps.games.actions.achievements import (
    amend_achievement,
    archive_achievement,
    create_achievement,
    delete_achievement,
    edit_achievement,
    move_achievement,
    order_achievements,
    publish_achievement,
)
from apps.games.actions.api_keys import create_api_key, revoke_api_key
from apps.games.actions.games import amend_game, create_game, edit_game, publish_game, unpublish_game
from apps.games.actions.imports import import_achievements
from apps.games.actions.sets import amend_set, create_set, delete_set, edit_set, move_set, order_sets
from apps.games.actions.studios import create_studio, create_studio_with_game
from apps.games.actions.tokens import create_token, delete_tokens, revoke_token

__all__ = [
    "amend_achievement",
    "amend_game",
    "amend_set",
    "archive_achievement",
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
    "edit_achievement",
    "edit_game",
    "edit_set",
    "import_achievements",
    "move_achievement",
    "move_set",
    "order_achievements",
    "order_sets",
    "publish_achievement",
    "publish_game",
    "revoke_api_key",
    "revoke_token",
    "unpublish_game",
]
