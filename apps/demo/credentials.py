"""Access to the demo: accounts, keys, and demo.json, which holds both for scripts."""

import hmac
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from apps.demo.content import GAME_WITH_MODES, KEYED_GAME, SHIPPED_GAME
from apps.games.auth import keys
from apps.games.models import AchievementState, ApiKey, Game, KeyKind
from apps.players.models import ExternalIdentity, Player
from apps.unlocks.models import Unlock

PASSWORD = "laurel-demo"  # noqa: S105 - printed by `make run`, on purpose
STUDIO_EMAIL = "studio@laurel.example"
DEMO_PLAYERS = 20
ENVIRONMENTS: tuple[keys.Environment, ...] = ("live", "test")
# Where the shipped game's page is played, and where a page of one's own runs meanwhile.
PAGE_ORIGINS = ("https://play.harbour-lane.example", "http://localhost:8080")


def email_of(handle: str) -> str:
    return f"{handle}@laurel.example"


def token(environment: keys.Environment) -> str:
    """Return the keyed game's token: derived from SECRET_KEY, so that it can be printed again and is unique."""
    return f"lk_{environment}_{_derived(f'showcase {environment} key')}"


def token_with_modes(environment: keys.Environment) -> str:
    """Return a token of the game that can be played in hardcore, derived likewise."""
    name = "showcase hardcore key" if environment == "live" else f"showcase hardcore {environment} key"
    return f"lk_{environment}_{_derived(name)}"


def publishable_token() -> str:
    """Return the shipped game's publishable key, derived likewise."""
    return f"lk_pub_{_derived('showcase publishable key')}"


def _derived(name: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), name.encode(), sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def store_keys() -> None:
    """Create the demo games' keys where they are missing; a revoked one stays revoked.

    They are missing in a new installation, or after a change of SECRET_KEY, which changes the tokens.
    """
    games = Game.objects.in_bulk([KEYED_GAME, GAME_WITH_MODES, SHIPPED_GAME], field_name="slug")
    rows = [
        *(_secret_key(games[KEYED_GAME], environment, token(environment)) for environment in ENVIRONMENTS),
        *(
            _secret_key(games[GAME_WITH_MODES], environment, token_with_modes(environment))
            for environment in ENVIRONMENTS
        ),
        _publishable_key(games[SHIPPED_GAME]),
    ]
    ApiKey.objects.bulk_create(rows, ignore_conflicts=True)


def _secret_key(game: Game, environment: keys.Environment, text: str) -> ApiKey:
    return ApiKey(
        game=game,
        name=f"Showcase, {environment}",
        environment=environment,
        prefix=text[: len("lk_live_") + 4],
        digest=keys.digest_of(text),
    )


def _publishable_key(game: Game) -> ApiKey:
    text = publishable_token()
    return ApiKey(
        game=game,
        kind=KeyKind.PUBLISHABLE,
        name="Shipped with the game",
        environment="live",
        prefix=text[: len("lk_pub_") + 4],
        digest=keys.digest_of(text),
        text=text,
        scopes=[],
        allowed_origins=list(PAGE_ORIGINS),
    )


def store_external_ids() -> None:
    """Give demo players external ids in the keyed game, their handles, so that its live key can create their tokens."""
    game = Game.objects.get(slug=KEYED_GAME)
    rows = [
        ExternalIdentity(game_id=game.id, environment="live", external_id=player.handle, player=player)
        for player in demo_players()
    ]
    ExternalIdentity.objects.bulk_create(rows, ignore_conflicts=True)


def write_demo_file(path: Path) -> None:
    """Write demo.json atomically, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(demo(), file, indent=2)
    beside.replace(path)


def demo() -> dict[str, object]:
    """Return what scripts need to use the demo; a game's first achievement is one that the first player lacks."""
    endpoint = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    slugs = (KEYED_GAME, GAME_WITH_MODES, SHIPPED_GAME)
    game, with_modes, shipped = (Game.objects.get(slug=slug) for slug in slugs)
    players = demo_players()
    return {
        "base_url": f"http://{endpoint}",
        "ws_url": f"ws://{endpoint}",
        "studio": {"email": STUDIO_EMAIL, "password": PASSWORD},
        "game": _game(game, token, players[0]),
        "game_with_modes": _game(with_modes, token_with_modes, players[0]),
        "shipped_game": {
            "id": str(shipped.id),
            "slug": shipped.slug,
            "publishable_key": publishable_token(),
            "allowed_origins": list(PAGE_ORIGINS),
            "achievements": list(shipped.achievements.filter(setter="client").values_list("key", flat=True)),
        },
        "players": [
            {"id": str(player.id), "handle": player.handle, "email": _email_of_account(player), "password": PASSWORD}
            for player in players
        ],
    }


def _game(game: Game, token_in: Callable[[keys.Environment], str], player: Player) -> dict[str, object]:
    earned = set(Unlock.objects.filter(player=player, game=game).values_list("achievement_id", flat=True))
    published = game.achievements.filter(state=AchievementState.PUBLISHED).order_by("position", "id")
    achievements = sorted(published, key=lambda item: item.id in earned)
    return {
        "id": str(game.id),
        "slug": game.slug,
        "live_key": token_in("live"),
        "test_key": token_in("test"),
        "achievements": [{"id": str(item.id), "key": item.key, "points": item.points} for item in achievements],
    }


def demo_players() -> list[Player]:
    rows = Player.objects.filter(account__email__endswith="@laurel.example").select_related("account")
    return list(rows.order_by("id")[:DEMO_PLAYERS])


def _email_of_account(player: Player) -> str:
    """Return the address that the player logs in with: that of the handle they were made with."""
    return player.account.email if player.account else ""
