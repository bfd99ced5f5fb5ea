"""Filters of the lists of deliveries."""

import django_filters

from apps.webhooks.event_types import NAMES
from apps.webhooks.models import DeliveryState


class DeliveryFilters(django_filters.FilterSet):
    """?state= and ?type=, of deliveries."""

    state = django_filters.ChoiceFilter(choices=DeliveryState.choices)
    type = django_filters.ChoiceFilter(field_name="message__type", choices=[(name, name) for name in NAMES])
