"""The form for a player's time zone, which decides when days begin and when the daily email arrives."""

from collections import defaultdict
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import time_zone_names
from apps.players.actions import edit_player
from apps.players.models import Player


class ZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Your time zone"),
        help_text=gettext_lazy("Sets when your days begin and when your daily email arrives."),
    )

    def __init__(self, player: Player, data: Any = None) -> None:
        super().__init__(data, initial={"time_zone": player.time_zone})
        self._player = player
        choices = _choices()
        if not any(player.time_zone in dict(zones) for _, zones in choices):
            # An alias stored by an older version, or a zone that this host doesn't know.
            choices = [(gettext("Current"), [(player.time_zone, player.time_zone)]), *choices]
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def save(self) -> None:
        if self.is_bound and "time_zone" in self.changed_data:
            edit_player(player_id=self._player.id, time_zone=self.cleaned_data["time_zone"])


@cache
def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return zones grouped by continent."""
    by_area: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(time_zone_names() - {"UTC"}):
        area, _, city = name.partition("/")
        by_area[area].append((name, city.replace("_", " ").replace("/", ", ")))
    return [(gettext("Everywhere"), [("UTC", "UTC")]), *by_area.items()]
