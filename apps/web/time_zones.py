"""The form for a player's time zone, which decides when days begin and when the daily email arrives."""

from collections import defaultdict
from copy import copy
from functools import cache, lru_cache
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import time_zone_names
from apps.players.actions import edit_player
from apps.players.models import Player


class ZoneSelect(forms.Select):
    """Django's, whose five hundred options are rendered once; they took two thirds of their page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        outside = copy(self)
        outside.choices = []
        start, _, end = outside.render_as_is(name, value, attrs, renderer).rpartition("\n</select>")
        options = _options(tuple((area, tuple(zones)) for area, zones in self.choices))
        for chosen in self.format_value(value):
            options = options.replace(f'value="{escape(chosen)}"', f'value="{escape(chosen)}" selected', 1)
        return SafeString(f"{start}{options}\n</select>{end}")

    def render_as_is(self, *arguments: Any) -> SafeString:
        return super().render(*arguments)


@lru_cache(maxsize=10)
def _options(choices: tuple[Any, ...]) -> str:
    """Return a select's options, none of them selected."""
    whole = forms.Select(choices=choices).render("", None)
    return whole[whole.index(">") + 1 : whole.rindex("\n</select>")]


class ZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        widget=ZoneSelect,
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
