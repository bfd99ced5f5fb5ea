"""Filters of the lists of achievements and unlocks."""

import django_filters

from apps.core.api.wire.fields import IdFilter, MomentFilter
from apps.games.models import AchievementKind
from apps.games.rarity import TIERS


class AchievementFilters(django_filters.FilterSet):
    """?kind=, ?tier= and ?earned=, the last for the list's player."""

    kind = django_filters.ChoiceFilter(choices=AchievementKind.choices)
    tier = django_filters.ChoiceFilter(choices=[(tier, tier) for tier in TIERS])
    earned = django_filters.ChoiceFilter(choices=[("true", "true"), ("false", "false")])


class UnlockFilters(django_filters.FilterSet):
    """?game= and ?since=, of unlocks."""

    game = IdFilter(field_name="game_id")
    since = MomentFilter(field_name="unlocked_at", lookup_expr="gte")


class ProgressFilters(django_filters.FilterSet):
    """?game=, of progress."""

    game = IdFilter(field_name="game_id")
