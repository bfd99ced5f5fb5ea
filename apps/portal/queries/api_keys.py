"""Reads for a game's page of API keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from apps.games.models import Achievement, AchievementState, ApiKey, Game
from apps.players.models import Account, Player

# Those in use are few (actions.api_keys.ACTIVE_MAX); of the revoked the latest are enough.
SHOWN_MAX = 60


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it may be shown again: never its secret."""

    id: UUID
    name: str
    environment: str
    prefix: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_test(self) -> bool:
        return self.environment == ApiKey.Environment.TEST


@dataclass(frozen=True, slots=True)
class CurlExample:
    """What fills the ready curl line; the player is the viewer's own, when they have one."""

    achievement: str
    player_id: str


def keys_of(game: Game) -> list[KeyRow]:
    """Return a game's keys, those in use first, the newest first. One query."""
    found = ApiKey.objects.filter(game=game).select_related("created_by")
    in_order = found.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "id")
    return [
        KeyRow(
            id=key.id,
            name=key.name,
            environment=key.environment,
            prefix=key.prefix,
            created_at=key.created_at,
            created_by=key.created_by.email if key.created_by else "",
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
        for key in in_order[:SHOWN_MAX]
    ]


def curl_example(game: Game, viewer: Account, *, is_test: bool) -> CurlExample:
    """Return an achievement that the new key can unlock, and the viewer's player. Two queries."""
    usable = [AchievementState.PUBLISHED, AchievementState.DRAFT] if is_test else [AchievementState.PUBLISHED]
    keys = Achievement.objects.filter(game=game, state__in=usable).order_by("position", "id")
    player_id = Player.objects.filter(account=viewer).values_list("id", flat=True).first()
    return CurlExample(
        achievement=keys.values_list("key", flat=True).first() or "ACH_...",
        player_id=str(player_id or "PLAYER_ID"),
    )
