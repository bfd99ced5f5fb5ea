"""Filters of the lists of achievements and unlocks."""

import django_filters
from django.db.models import Q, QuerySet

from apps.core.api.wire.fields import IdFilter, MomentFilter
from apps.games.models import Achievement, AchievementKind
from apps.games.rarity import TIERS, Tier, shares_of


class AchievementFilters(django_filters.FilterSet):
    """?kind=, ?tier= and ?earned=, the last for the list's player (`is_earned` of the rows)."""

    kind = django_filters.ChoiceFilter(choices=AchievementKind.choices)
    tier = django_filters.ChoiceFilter(choices=[(tier, tier) for tier in TIERS], method="with_tier")
    earned = django_filters.ChoiceFilter(choices=[("true", "true"), ("false", "false")], method="with_earned")

    def with_tier(self, rows: QuerySet[Achievement], name: str, tier: Tier) -> QuerySet[Achievement]:
        low, high = shares_of(tier)
        return rows.filter(completion__share__gte=low, completion__share__lt=high)

    def with_earned(self, rows: QuerySet[Achievement], name: str, value: str) -> QuerySet[Achievement]:
        return rows.filter(Q(is_earned=value == "true"))


class UnlockFilters(django_filters.FilterSet):
    """?game= and ?since=, of unlocks."""

    game = IdFilter(field_name="game_id")
    since = MomentFilter(field_name="unlocked_at", lookup_expr="gte")


class ProgressFilters(django_filters.FilterSet):
    """?game=, of progress."""

    game = IdFilter(field_name="game_id")
