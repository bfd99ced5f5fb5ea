"""Things tests need, made with as few words as possible."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from apps.games.auth import keys
from apps.games.definitions.sets import base_set, create_base_set, put_into
from apps.games.models import Achievement, AchievementSet, ApiKey, Game, Membership, Studio
from apps.leaderboards.models import ClosedWindow, FinalPlace
from apps.players.device_credentials import sealed
from apps.players.models import Account, Device, ExternalIdentity, Player
from apps.players.tokens import PlayerToken, issue_token

_numbers = count(1)
MONDAY = date(2026, 11, 16)


def make_account(**fields: Any) -> Account:
    number = next(_numbers)
    return Account.objects.create_user(**{"email": f"person{number}@example.com", **fields})


def make_player(**fields: Any) -> Player:
    number = next(_numbers)
    defaults = {"handle": f"player{number}", "display_name": f"Player {number}", "region": "EU"}
    return Player.objects.create(**{**defaults, **fields})


def make_token(player: Player, game: Game, *, is_test: bool = False) -> str:
    """Return a player's token that a key of the game minted, which it does for those the game knows."""
    environment: keys.Environment = "test" if is_test else "live"
    if not player.external_identities.filter(game_id=game.id, environment=environment).exists():
        make_known(player, game, environment)
    digest = keys.digest_of(make_key(game, environment))
    key_id = ApiKey.objects.only("pk").get(digest=digest).pk
    return issue_token(PlayerToken(player.id, game.id, is_test, key_id))[0]


def make_known(player: Player, game: Game, environment: keys.Environment = "live") -> Player:
    """Have a game know a player, so that its keys may act in their place."""
    ExternalIdentity.objects.create(
        game_id=game.id, environment=environment, external_id=f"id-{next(_numbers)}", player=player
    )
    return player


def make_studio(*, owner: Account | None = None, **fields: Any) -> Studio:
    number = next(_numbers)
    studio = Studio.objects.create(**{"slug": f"studio-{number}", "name": f"Studio {number}", **fields})
    if owner is not None:
        Membership.objects.create(studio=studio, account=owner, role="owner")
    return studio


def make_game(**fields: Any) -> Game:
    number = next(_numbers)
    names = {"slug": f"game-{number}", "name": f"Game {number}"}
    defaults: dict[str, Any] = {**names, "is_published": True, "trust": "listed"}
    if "studio" not in fields:
        defaults["studio"] = make_studio()
    game = Game.objects.create(**{**defaults, **fields})
    create_base_set(game)
    return game


def turn_on_modes(game: Game) -> Game:
    Game.objects.filter(pk=game.pk).update(has_modes=True)
    game.refresh_from_db()
    return game


def make_set(game: Game, kind: str = "dlc", **fields: Any) -> AchievementSet:
    number = next(_numbers)
    return AchievementSet.objects.create(
        game=game, kind=kind, **{"key": f"set-{number}", "title": f"Set {number}", **fields}
    )


def make_achievement(game: Game, *, achievement_set: AchievementSet | None = None, **fields: Any) -> Achievement:
    number = next(_numbers)
    defaults = {"key": f"ACH_{number}", "name": f"Achievement {number}", "points": 10, "state": "published"}
    achievement = Achievement(game=game, **{**defaults, **fields})
    put_into(achievement, achievement_set or base_set(game.id))
    achievement.save(force_insert=True)
    return achievement


def make_final_place(player: Player, scope_id: UUID, window: str = "week", opened_on: date = MONDAY) -> None:
    """Close a window of a scope with this player alone on it."""
    at = datetime.combine(opened_on, time(1), UTC)
    closed = {"scope_id": scope_id, "window": window, "opened_on": opened_on}
    ClosedWindow.objects.update_or_create(**closed, defaults={"closed_at": at + timedelta(days=7), "player_count": 1})
    earned = {"rank": 1, "points": 10, "unlock_count": 1, "reached_at": at, "region": player.region}
    FinalPlace.objects.update_or_create(player_id=player.id, **closed, defaults=earned)


def make_key(game: Game, environment: keys.Environment = "live", **fields: Any) -> str:
    """Create a key and return its secret."""
    token = keys.new_token(environment)
    ApiKey.objects.create(
        game=game, name="Tests", environment=environment, prefix=token[:12], digest=keys.digest_of(token), **fields
    )
    return token


def make_publishable_key(game: Game, environment: keys.Environment = "live", *origins: str) -> str:
    """Create a publishable key, which pages of these origins may send, and return its text."""
    token = keys.new_token(environment, is_publishable=True)
    ApiKey.objects.create(
        game=game, kind="publishable", name="Tests", environment=environment, prefix=token[:16],
        digest=keys.digest_of(token), text=token, scopes=[], allowed_origins=list(origins),
    )  # fmt: skip
    return token


def make_device(player: Player, game: Game, *, secret: str = "ld_of-tests") -> Device:
    """Create a device of a player that signs with this secret."""
    return Device.objects.create(player=player, game_id=game.id, name="Tests", sealed_secret=sealed(secret))


def make_device_token(device: Device) -> str:
    """Return a token that a device minted through a new publishable key of its game."""
    game, is_test = Game.objects.get(pk=device.game_id), device.player.is_test
    digest = keys.digest_of(make_publishable_key(game, "test" if is_test else "live"))
    key_id = ApiKey.objects.only("pk").get(digest=digest).pk
    return issue_token(PlayerToken(device.player_id, game.id, is_test, key_id, device_id=device.id))[0]
