"""The form of a webhook endpoint."""

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from apps.core.http.pages import DomainForm
from apps.core.parsing.form_fields import NameFormField
from apps.portal.forms.base import Files
from apps.webhooks.actions import DESCRIPTION_LENGTH_MAX
from apps.webhooks.event_types import CHOICES, IN_HARDCORE, EventType
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.url_policy import URL_LENGTH_MAX, rule_in_words


class WebhookForm(DomainForm):
    """A new or existing endpoint."""

    url = forms.CharField(
        label="URL",
        max_length=URL_LENGTH_MAX,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/laurel"}),
        help_text=lazy(rule_in_words, str)(),
    )
    description = NameFormField(
        label=gettext_lazy("Description"),
        max_length=DESCRIPTION_LENGTH_MAX,
        required=False,
        help_text=gettext_lazy("What it is for, so that you recognise it."),
    )
    event_types = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=[(event_type.value, label) for event_type, label in CHOICES.items()],
        initial=[EventType.UNLOCKED.value],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Reports by test keys are never sent."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Files | None = None,
        *,
        has_modes: bool,
        endpoint: WebhookEndpoint | None = None,
    ) -> None:
        names = () if endpoint is None else ("url", "description", "event_types")
        super().__init__(data, files, initial={name: getattr(endpoint, name) for name in names})
        chosen = [] if endpoint is None else endpoint.event_types
        self.fields["event_types"].choices = [  # type: ignore[attr-defined] # it is a ChoiceField
            (event_type.value, label)
            for event_type, label in CHOICES.items()
            if has_modes or event_type not in IN_HARDCORE or event_type in chosen
        ]
