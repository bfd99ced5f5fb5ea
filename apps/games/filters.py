"""Filters of the lists of games."""

import django_filters


class GameFilters(django_filters.FilterSet):
    """?q=, of games."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=80)
