"""Writes of players and the relations between them."""

from apps.players.actions.follows import block_player, follow_player, unblock_player, unfollow_player
from apps.players.actions.linking import link_player
from apps.players.actions.players import (
    create_described_player,
    create_player,
    describe_player,
    edit_player,
    find_or_create_by_external_id,
)

__all__ = [
    "block_player",
    "create_described_player",
    "create_player",
    "describe_player",
    "edit_player",
    "find_or_create_by_external_id",
    "follow_player",
    "link_player",
    "unblock_player",
    "unfollow_player",
]
