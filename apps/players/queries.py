"""Who may see whom."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from apps.players.errors import PlayerNotFoundError
from apps.players.models import Block, ExternalIdentity, Follow, Player, Visibility


def visible_player(player_id: UUID | None, viewer_id: UUID | None, *, game_id: UUID | None = None) -> Player:
    """Return a player as the viewer may see them; a merged one is whom they were merged into. At most three queries.

    `viewer_id` None is anyone. `game_id` is that of a key, which sees every player of its game.
    Raises: PlayerNotFoundError, alike for unknown, private and blocking players.
    """
    player = Player.objects.filter(pk=player_id).select_related("merged_into").first() if player_id else None
    if player is not None and player.merged_into is not None:
        # Whoever still carries the old id is the same person.
        viewer_id = player.merged_into.id if viewer_id == player_id else viewer_id
        player = player.merged_into
    if player is None or not _may_see(viewer_id, player, game_id):
        raise PlayerNotFoundError
    return player


def friends_of(player_id: UUID) -> list[UUID]:
    """Return the ids of the players this one follows and may see."""
    followed = Follow.objects.filter(follower_id=player_id, followed__merged_into=None)
    blocked = Block.objects.filter(blocker_id=OuterRef("followed_id"), blocked_id=player_id)
    back = Follow.objects.filter(follower_id=OuterRef("followed_id"), followed_id=player_id)
    open_to_all = followed.filter(followed__visibility=Visibility.PUBLIC)
    open_to_friends = followed.filter(Exists(back), followed__visibility=Visibility.FOLLOWERS)
    return list((open_to_all | open_to_friends).exclude(Exists(blocked)).values_list("followed_id", flat=True))


def _may_see(viewer_id: UUID | None, player: Player, game_id: UUID | None) -> bool:
    if viewer_id == player.id:
        return True
    if game_id is not None and ExternalIdentity.objects.filter(player=player, game_id=game_id).exists():
        return True
    if viewer_id is not None and Block.objects.filter(blocker=player, blocked_id=viewer_id).exists():
        return False
    if player.visibility == Visibility.FOLLOWERS and viewer_id is not None:
        return Follow.objects.filter(follower=player, followed_id=viewer_id).exists()
    return player.visibility == Visibility.PUBLIC and not player.is_test
