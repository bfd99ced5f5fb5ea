"""Filters of the list of players."""

from typing import Any

import django_filters

from apps.players.models import Region


class PlayerFilters(django_filters.FilterSet):
    """Filters of the list of players."""

    region = django_filters.ChoiceFilter(choices=Region.choices)
    q = django_filters.CharFilter(method="by_handle", max_length=24)

    def by_handle(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(lower_handle__gte=value.lower(), lower_handle__lt=value.lower() + "\U0010ffff")
