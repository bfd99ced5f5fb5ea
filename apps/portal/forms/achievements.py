"""The form of an achievement."""

import re
import unicodedata
from dataclasses import asdict, fields, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from apps.core.parsing.form_fields import CountFormField, NameFormField, TextFormField
from apps.games import icons
from apps.games.definitions.content import drafted_content
from apps.games.definitions.definition import AchievementDefinition
from apps.games.definitions.rules import problems_of_achievement
from apps.games.definitions.sets import BASE_KEY, sets_by_key
from apps.games.models import KEY_LENGTH_MAX, Achievement, AchievementKind, AchievementState, Game, Setter
from apps.portal.forms.base import DefinitionForm, Files, PictureField


class AchievementForm(DefinitionForm):
    """An achievement with its icons; once published, its kind is fixed, and its key but for its case."""

    name = NameFormField(label=gettext_lazy("Name"), max_length=80)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=KEY_LENGTH_MAX,
        required=False,
        help_text=gettext_lazy(
            "The name used in game code: letters, digits, underscores, dots and hyphens. Left empty, it is made from "
            "the name."
        ),
    )
    description = TextFormField(
        label=gettext_lazy("Description"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    points = CountFormField(label=gettext_lazy("Points"), initial=10, min_value=0, max_value=1000)
    is_hidden = forms.BooleanField(
        label=gettext_lazy("Hidden"),
        required=False,
        help_text=gettext_lazy("Only players who have earned it see its name and description."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AchievementKind.choices)
    target = CountFormField(
        label=gettext_lazy("Target"),
        required=False,
        min_value=2,
        help_text=gettext_lazy("The number to reach, for achievements that count up to a target."),
    )
    setter = forms.ChoiceField(
        label=gettext_lazy("Reported by"),
        choices=Setter.choices,
        help_text=gettext_lazy("Players can tamper with a client, but not with a server."),
    )
    set = forms.ChoiceField(
        label=gettext_lazy("Set"),
        required=False,
        help_text=gettext_lazy("The base set's achievements complete the game; each other set is counted by itself."),
    )
    icon = PictureField(
        label=gettext_lazy("Icon"),
        convert=icons.to_icon,
        help_text=gettext_lazy("PNG, JPEG or WebP up to 2 MB, 64 pixels or more; cropped square around its centre."),
    )
    icon_locked = PictureField(
        label=gettext_lazy("Icon while locked"),
        convert=icons.to_icon,
        help_text=gettext_lazy("Left empty, a dimmed grey copy of the icon."),
    )

    def __init__(
        self, data: QueryDict | None = None, files: Files | None = None, *, achievement: Achievement | None, game: Game
    ) -> None:
        initial: dict[str, Any] = {"setter": game.default_setter}
        if achievement is not None:
            initial = asdict(drafted_content(achievement).definition)
        super().__init__(data, files, initial=initial)
        self._offer_sets(game)
        if achievement is not None and achievement.state != AchievementState.DRAFT:
            self._keep_what_is_fixed()

    def _keep_what_is_fixed(self) -> None:
        key, kind = self.fields["key"], self.fields["kind"]
        key.required = kind.disabled = True
        key.help_text = gettext("After publishing, you can change only which letters are capitals.")
        kind.help_text = gettext("It can't change after publishing.")

    def _offer_sets(self, game: Game) -> None:
        """Offer the game's sets; there is no choice while there is only the base set."""
        field = self.fields["set"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, item.title) for key, item in sets_by_key(game.id).items()]
        if len(field.choices) == 1:
            field.widget = forms.HiddenInput()

    def definition(self) -> AchievementDefinition:
        return AchievementDefinition(**self._values())

    def icon_names(self) -> dict[str, str]:
        """Store uploaded icons and return their storage names by column; a new icon also replaces the locked one."""
        icon, icon_locked = self.cleaned_data["icon"], self.cleaned_data["icon_locked"]
        if icon is not None and icon_locked is None:
            icon_locked = icons.locked_variant(icon)
        uploads = {"icon": icon, "icon_locked": icon_locked}
        return {name: icons.store_icon(upload) for name, upload in uploads.items() if upload is not None}

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not values.get("key") and "name" in values:
            values["key"] = key_from_name(values["name"])
            if not values["key"]:
                self.add_error("key", gettext("No key can be created from this name. Enter one."))
        if values.get("kind") == AchievementKind.ONE_SHOT:
            # A leftover of changing the kind; without scripts the field is always there.
            values["target"] = None
        values["set"] = values.get("set") or self.initial.get("set", BASE_KEY)
        # These errors are shown already; check the rest with valid stand-ins.
        complete = AchievementDefinition(key="ACH_UNNAMED", name="Unnamed", points=1)
        self.add_problems(problems_of_achievement(replace(complete, **self._values())))
        return values

    def _values(self) -> dict[str, Any]:
        names = [item.name for item in fields(AchievementDefinition)]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def key_from_name(name: str) -> str:
    """Return a key such as ACH_FIRST_LIGHT; empty for a name without Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper().replace("'", "")
    words = re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")
    return f"ACH_{words}"[:60].rstrip("_") if words else ""
