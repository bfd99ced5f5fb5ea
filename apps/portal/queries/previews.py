"""Previews of an achievement's card as players will see it, in each of its states."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from apps.core.clock import now
from apps.core.media import media_url
from apps.games.models import Achievement


@dataclass(frozen=True, slots=True)
class PreviewCard:
    """Data for the achievement component; `id` is the element's."""

    id: str
    name: str
    description: str
    points: int
    icon_url: str
    locked_icon_url: str
    is_masked: bool
    target: int | None
    tier: str | None
    share: float | None
    unlocked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Previews:
    earned: PreviewCard
    locked: PreviewCard
    hidden: PreviewCard


def previews_of(achievement: Achievement | None) -> Previews:
    """Return the three cards of an achievement, or of a placeholder."""
    shown = achievement or Achievement(
        name=gettext("Name of the achievement"), description=gettext("What it takes."), points=10
    )
    earned = _card(shown, "preview-earned", unlocked_at=now())
    locked = _card(shown, "preview-locked", unlocked_at=None)
    hidden = PreviewCard(
        id="preview-hidden",
        name=gettext("Hidden achievement"),
        description=gettext("Earn it to find out what it is."),
        points=shown.points,
        icon_url="",
        locked_icon_url="",
        is_masked=True,
        target=None,
        tier=None,
        share=None,
        unlocked_at=None,
    )
    return Previews(earned, locked, hidden)


def _card(achievement: Achievement, element_id: str, *, unlocked_at: datetime | None) -> PreviewCard:
    return PreviewCard(
        id=element_id,
        name=achievement.name,
        description=achievement.description,
        points=achievement.points,
        icon_url=media_url(achievement.icon),
        locked_icon_url=media_url(achievement.icon_locked),
        is_masked=False,
        target=achievement.target,
        tier=None,
        share=None,
        unlocked_at=unlocked_at,
    )
