"""Rarity: the share of a game's players who have earned an achievement, as a tier."""

from typing import Literal

Tier = Literal["common", "uncommon", "rare", "epic", "legendary"]

# With fewer players a share means nothing.
PLAYERS_MIN = 20
RAREST: Tier = "legendary"
_FLOORS: tuple[tuple[float, Tier], ...] = ((0.5, "common"), (0.2, "uncommon"), (0.05, "rare"), (0.01, "epic"))
TIERS: tuple[Tier, ...] = (*(tier for _, tier in _FLOORS), RAREST)


def tier_of(share: float | None) -> Tier | None:
    """Return the tier of a share between 0 and 1; None when the share is unknown."""
    if share is None:
        return None
    return next((tier for floor, tier in _FLOORS if share >= floor), RAREST)


def shares_of(tier: Tier) -> tuple[float, float]:
    """Return a tier's lowest share, and that of the tier above it; over 1 where there is none."""
    floors = [floor for floor, _ in _FLOORS]
    position = TIERS.index(tier)
    return [*floors, 0.0][position], [1.1, *floors][position]
