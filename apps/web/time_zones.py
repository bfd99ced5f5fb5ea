"""The time zone that a player lives in, as a form: by its clock days begin, and the daily mail comes."""

from collections import defaultdict
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import places
from apps.players.actions import edit_player
from apps.players.models import Player


class ZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Your time zone"),
        help_text=gettext_lazy("By its clock your days begin and your daily mail comes."),
    )

    def __init__(self, player: Player, data: Any = None) -> None:
        super().__init__(data, initial={"time_zone": player.time_zone})
        self._player = player
        choices = _choices()
        if not any(player.time_zone in dict(zones) for _, zones in choices):
            # One of the older names, set before only places could be, or of a newer list than this host has.
            choices = [(gettext("As it is"), [(player.time_zone, player.time_zone)]), *choices]
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined]

    def save(self) -> None:
        if self.is_bound and "time_zone" in self.changed_data:
            edit_player(player_id=self._player.id, time_zone=self.cleaned_data["time_zone"])


@cache
def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return zones by the part of the world they are in."""
    by_area: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(places() - {"UTC"}):
        area, _, place = name.partition("/")
        by_area[area].append((name, place.replace("_", " ").replace("/", ", ")))
    return [(gettext("Everywhere"), [("UTC", "UTC")]), *by_area.items()]
