"""Filters of the lists of achievements and unlocks."""

import django_filters
from django.db.models import Q, QuerySet

from apps.core.api.wire.fields import IdFilter, MomentFilter
from apps.games.models import Achievement, AchievementKind

# From the first share (of 0 to 1) up to the second, which belongs to the next tier; as apps.games.rarity has them.
TIERS = {
    "common": (0.5, 1.1),
    "uncommon": (0.2, 0.5),
    "rare": (0.05, 0.2),
    "epic": (0.01, 0.05),
    "legendary": (0.0, 0.01),
}


class AchievementFilters(django_filters.FilterSet):  # type: ignore[misc]
    """?kind=, ?tier= and ?earned=, the last of the player whose list it is (`is_earned` of the rows)."""

    kind = django_filters.ChoiceFilter(choices=AchievementKind.choices)
    tier = django_filters.ChoiceFilter(choices=[(tier, tier) for tier in TIERS], method="with_tier")
    earned = django_filters.ChoiceFilter(choices=[("true", "true"), ("false", "false")], method="with_earned")

    def with_tier(self, rows: QuerySet[Achievement], name: str, tier: str) -> QuerySet[Achievement]:
        low, high = TIERS[tier]
        return rows.filter(completion__share__gte=low, completion__share__lt=high)

    def with_earned(self, rows: QuerySet[Achievement], name: str, value: str) -> QuerySet[Achievement]:
        return rows.filter(Q(is_earned=value == "true"))


class UnlockFilters(django_filters.FilterSet):  # type: ignore[misc]
    """?game= and ?since=, of unlocks."""

    game = IdFilter(field_name="game_id")
    since = MomentFilter(field_name="unlocked_at", lookup_expr="gte")


class ProgressFilters(django_filters.FilterSet):  # type: ignore[misc]
    """?game=, of progress."""

    game = IdFilter(field_name="game_id")
