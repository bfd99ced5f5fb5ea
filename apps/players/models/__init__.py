"""Accounts, players and the relations between them."""

from apps.players.models.players import (
    DISPLAY_NAME_MAX,
    DISPLAY_NAME_VISIBLE,
    Account,
    AccountManager,
    Device,
    ExternalIdentity,
    Guest,
    Player,
    PlayerDescription,
    PlayerRuling,
    Region,
    Rename,
    Ruling,
    ShapeField,
    Visibility,
    display_name_rule,
    handle_rule,
)
from apps.players.models.relations import Block, Follow

__all__ = [
    "DISPLAY_NAME_MAX",
    "DISPLAY_NAME_VISIBLE",
    "Account",
    "AccountManager",
    "Block",
    "Device",
    "ExternalIdentity",
    "Follow",
    "Guest",
    "Player",
    "PlayerDescription",
    "PlayerRuling",
    "Region",
    "Rename",
    "Ruling",
    "ShapeField",
    "Visibility",
    "display_name_rule",
    "handle_rule",
]
