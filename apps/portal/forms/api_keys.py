"""The form of an API key."""

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.parsing.form_fields import NameFormField
from apps.games.models import ApiKey
from apps.portal.forms.base import DomainForm

SCOPE_LABELS = {
    Scope.READ: gettext_lazy("Read boards, players and achievements"),
    Scope.UNLOCKS_WRITE: gettext_lazy("Report unlocks, progress and play time"),
    Scope.PLAYERS_WRITE: gettext_lazy("Create players and hand out player tokens"),
    Scope.DEFINITIONS_WRITE: gettext_lazy("Change the game and its achievements; live keys only"),
    Scope.UNLOCKS_REVOKE: gettext_lazy("Revoke and restore unlocks; live keys only"),
    Scope.ANNOUNCEMENTS_WRITE: gettext_lazy("Tell the players of the game something; live keys only"),
}


class ApiKeyForm(DomainForm):
    """A new key."""

    name = NameFormField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Where it will be used, so that you know it again."),
    )
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=ApiKey.Environment.choices,
        initial=ApiKey.Environment.LIVE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "What a test key unlocks shows in the live view and counts nowhere; it reaches drafts too."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=[(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        initial=sorted(SERVER_SCOPES),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The first three are what a game server needs. Give a key no more than its job takes."),
    )
