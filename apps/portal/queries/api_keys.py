"""Reads for a game's page of API keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from apps.core.database.composed import composed
from apps.games.models import Achievement, AchievementState, ApiKey, Game
from apps.players.models import Account, Player

# Active keys are few (actions.api_keys.ACTIVE_MAX); of the revoked ones the latest are enough.
SHOWN_MAX = 60


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key without its secret; `text` is a publishable key's."""

    id: UUID
    name: str
    environment: str
    scopes: list[str]
    allowed_origins: list[str]
    text: str
    prefix: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_test(self) -> bool:
        return self.environment == ApiKey.Environment.TEST


@composed
def _keys(game_id: UUID) -> QuerySet[ApiKey]:
    found = ApiKey.objects.filter(game_id=game_id).select_related("created_by")
    return found.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "id")[:SHOWN_MAX]


def keys_of(game: Game) -> list[KeyRow]:
    """Return a game's keys, active ones first, newest first. One query."""
    return [
        KeyRow(
            id=key.id,
            name=key.name,
            environment=key.environment,
            scopes=key.scopes,
            allowed_origins=key.allowed_origins,
            text=key.text,
            prefix=key.prefix,
            created_at=key.created_at,
            created_by=key.created_by.email if key.created_by else "",
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
        for key in _keys.rows(game_id=game.id)
    ]


def curl_line(game: Game, viewer: Account, *, unlock_url: str, token: str, is_test: bool) -> str:
    """Return a curl command that reports an unlock of the viewer's own player, if they have one. Two queries."""
    states = [AchievementState.PUBLISHED, *([AchievementState.DRAFT] if is_test else [])]
    found = Achievement.objects.filter(game=game, state__in=states).order_by("position", "id")
    achievement = found.values_list("key", flat=True).first() or "ACH_..."
    player_id = Player.objects.filter(account=viewer).values_list("id", flat=True).first() or "PLAYER_ID"
    body = f'{{"player_id": "{player_id}", "achievement_id": "{achievement}"}}'
    return (
        f"curl {unlock_url} \\\n"
        f"  -H 'Authorization: Bearer {token}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{body}'"
    )
