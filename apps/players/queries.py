"""Who may see whom."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.players.errors import PlayerNotFoundError
from apps.players.models import Block, ExternalIdentity, Follow, Player, Visibility


def visible_player(
    player_id: UUID | None, viewer_id: UUID | None, *, game_id: UUID | None = None, is_test: bool = False
) -> Player:
    """Return a player as the viewer may see them; a merged one is whom they were merged into. At most three queries.

    `viewer_id` None is anyone. `game_id` is that of a key, which sees every player its game knows, a test key those
    it knows from tests. Raises: PlayerNotFoundError, alike for unknown, private and blocking players.
    """
    player = followed_player(player_id) if player_id else None
    if player is not None and viewer_id == player_id:
        # Whoever still carries the old id is the same person.
        viewer_id = player.id
    if player is None or not (_is_known_to(game_id, player, is_test=is_test) or may_see(viewer_id, player)):
        raise PlayerNotFoundError
    return player


def known_player(player_id: UUID, *, game_id: UUID, environment: str) -> Player:
    """Return a player whom a game knows by an external id, followed to whom they were merged into.

    Raises: PlayerNotFoundError.
    """
    found = followed_player(player_id)
    if found is None or not _is_known_to(game_id, found, is_test=environment == "test"):
        raise PlayerNotFoundError
    return found


def followed_player(player_id: UUID) -> Player | None:
    """Return the player with this id, or whom they became by a merger. One query."""
    player = Player.objects.filter(pk=player_id).select_related("merged_into").first()
    return player and (player.merged_into or player)


def id_now(player_id: UUID) -> UUID:
    """Return the id of whom a player became by a merger, and any other as it is. One query."""
    merged = Player.objects.filter(pk=player_id, merged_into__isnull=False)
    return merged.values_list("merged_into_id", flat=True).first() or player_id


def may_see(viewer_id: UUID | None, player: Player) -> bool:
    """Whether a player is open to the viewer: to all, to those they follow, or to themselves alone. Two queries."""
    if viewer_id == player.id:
        return True
    if viewer_id is not None and Block.objects.filter(blocker=player, blocked_id=viewer_id).exists():
        return False
    if player.visibility == Visibility.FOLLOWERS and viewer_id is not None:
        return Follow.objects.filter(follower=player, followed_id=viewer_id).exists()
    return player.visibility == Visibility.PUBLIC and not player.is_test and player.merged_into_id is None


def players_seen_by(viewer_id: UUID) -> QuerySet[Player]:
    """Return the players that may_see lets the viewer see, to filter lists with."""
    blocked = Block.objects.filter(blocker_id=OuterRef("pk"), blocked_id=viewer_id)
    followed_back = Follow.objects.filter(follower_id=OuterRef("pk"), followed_id=viewer_id)
    is_open = Q(visibility=Visibility.PUBLIC) | (Q(visibility=Visibility.FOLLOWERS) & Exists(followed_back))
    return Player.objects.filter(is_open, is_test=False, merged_into=None).exclude(Exists(blocked))


def friends_of(player_id: UUID) -> list[UUID]:
    """Return the ids of the players this one follows and may see."""
    seen = players_seen_by(player_id).filter(pk=OuterRef("followed_id"))
    followed = Follow.objects.filter(Exists(seen), follower_id=player_id)
    return list(followed.values_list("followed_id", flat=True))


def _is_known_to(game_id: UUID | None, player: Player, *, is_test: bool) -> bool:
    if game_id is None:
        return False
    environment = "test" if is_test else "live"
    return ExternalIdentity.objects.filter(player=player, game_id=game_id, environment=environment).exists()
