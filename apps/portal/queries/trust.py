"""How far operators trust a game, for its studio."""

from dataclasses import dataclass

from django.conf import settings

from apps.games.definitions.trust_moves import is_moving
from apps.games.listing import Condition, conditions_of
from apps.games.models import Game, Trust, TrustDecision


@dataclass(frozen=True, slots=True)
class TrustPanel:
    """What a game that is not listed lacks, if the site lists games by a rule; or why it was delisted."""

    is_delisted: bool
    is_by_rule: bool
    conditions: list[Condition]
    reason: str
    is_moving: bool


def trust_panel(game: Game) -> TrustPanel | None:
    """Return the panel of a published game that is not listed; else None. At most three queries."""
    if not game.is_published or game.trust == Trust.LISTED:
        return None
    latest = TrustDecision.objects.filter(game=game).order_by("-id").first()
    is_delisted = game.trust == Trust.DELISTED
    return TrustPanel(
        is_delisted=is_delisted,
        is_by_rule=settings.LISTING_BY_RULE,
        conditions=conditions_of(game) if settings.LISTING_BY_RULE and not is_delisted else [],
        reason=latest.reason if latest and is_delisted else "",
        is_moving=is_moving(game.id),
    )
