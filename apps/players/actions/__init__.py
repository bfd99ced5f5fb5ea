"""Writes of players and the relations between them."""

from apps.players.actions.deletion import delete_account, delete_player, erase
from apps.players.actions.follows import block_player, follow_player, unblock_player, unfollow_player
from apps.players.actions.known_players import find_or_create_many
from apps.players.actions.linking import link_player
from apps.players.actions.players import (
    create_described_player,
    create_player,
    describe_player,
    edit_player,
    edit_player_of_game,
    find_or_create_by_external_id,
)
from apps.players.actions.renames import delete_renames, hold_handle

__all__ = [
    "block_player",
    "create_described_player",
    "create_player",
    "delete_account",
    "delete_player",
    "delete_renames",
    "describe_player",
    "edit_player",
    "edit_player_of_game",
    "erase",
    "find_or_create_by_external_id",
    "find_or_create_many",
    "follow_player",
    "hold_handle",
    "link_player",
    "unblock_player",
    "unfollow_player",
]
