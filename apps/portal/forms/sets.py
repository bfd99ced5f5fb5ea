"""The form of a set."""

from dataclasses import asdict, fields
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from apps.core.parsing.form_fields import NameFormField
from apps.games import icons
from apps.games.definitions.definition import SetDefinition
from apps.games.definitions.rules import problems_of_set_definition
from apps.games.definitions.sets import definition_of_set
from apps.games.models import AchievementSet, SetKind
from apps.portal.forms.base import DefinitionForm, Files, PictureField, moment_field

KINDS = [choice for choice in SetKind.choices if choice[0] != SetKind.BASE]


class SetForm(DefinitionForm):
    """A set with its icon; the base set keeps its key and kind."""

    title = NameFormField(label=gettext_lazy("Title"), max_length=80)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("What files and the API name it by. Left empty, it is made from the title."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=KINDS,
        help_text=gettext_lazy("A retired set takes no new unlocks; who has its achievements keeps them."),
    )
    opens_at = moment_field(gettext_lazy("Opens (UTC), for events"), required=False)
    closes_at = moment_field(gettext_lazy("Closes (UTC), for events"), required=False)
    icon = PictureField(
        label=gettext_lazy("Icon"),
        convert=icons.to_icon,
        help_text=gettext_lazy("PNG, JPEG or WebP up to 2 MB, 64 pixels or more; cropped square around its centre."),
    )

    def __init__(
        self, data: QueryDict | None = None, files: Files | None = None, *, achievement_set: AchievementSet | None
    ) -> None:
        self._current = achievement_set
        initial = {} if achievement_set is None else asdict(definition_of_set(achievement_set))
        super().__init__(data, files, initial=initial)
        if achievement_set is not None and achievement_set.kind == SetKind.BASE:
            kind = self.fields["kind"]
            assert isinstance(kind, forms.ChoiceField)
            kind.choices = [(SetKind.BASE.value, SetKind.BASE.label)]
            self.fields["kind"].disabled = self.fields["key"].disabled = True

    def definition(self) -> SetDefinition:
        return SetDefinition(**{item.name: self.cleaned_data[item.name] for item in fields(SetDefinition)})

    def icon_name(self) -> str | None:
        """Store the uploaded icon and return its storage name; None when no file was chosen."""
        icon = self.cleaned_data["icon"]
        return None if icon is None else icons.store_icon(icon)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        values["key"] = values.get("key") or slugify(values.get("title", ""))[:60]
        if "title" in values and not values["key"]:
            self.add_error("key", gettext("No key can be made from this title. Enter one."))
        if values.get("kind") != SetKind.EVENT:
            # Left over from changing the kind; without scripts the fields are always there.
            values["opens_at"] = values["closes_at"] = None
        if not self.errors:
            self.add_problems(problems_of_set_definition(self.definition(), self._current))
        return values
