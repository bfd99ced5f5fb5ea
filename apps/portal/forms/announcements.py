"""The form of an announcement."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from apps.core.parsing.form_fields import NameFormField, TextFormField
from apps.notifications.announcements.actions import problems_of_announcement
from apps.notifications.models.announcements import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from apps.portal.forms.base import DefinitionForm


class AnnouncementForm(DefinitionForm):
    """An announcement to the players of a game."""

    title = NameFormField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH_MAX)
    # Browsers count a line break as one character and send two, so the length is checked after normalising.
    text = TextFormField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH_MAX}),
        help_text=format_lazy(gettext_lazy("Up to {count} characters of plain text."), count=TEXT_LENGTH_MAX),
    )
    link = forms.CharField(
        label=gettext_lazy("Link"),
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("Where players can read more; the game's page shows it."),
    )

    def clean(self) -> dict[str, Any]:
        words = [self.cleaned_data.get(name, "") for name in ("title", "text", "link")]
        self.add_problems(problems_of_announcement(*words))
        return self.cleaned_data
