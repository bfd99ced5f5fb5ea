"""The form of an API key."""

from django import forms
from django.utils.translation import gettext_lazy

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.http.pages import DomainForm
from apps.core.parsing.form_fields import NameFormField
from apps.games.models import ApiKey

SCOPE_LABELS = {
    Scope.READ: gettext_lazy("Read leaderboards, players and achievements"),
    Scope.UNLOCKS_WRITE: gettext_lazy("Report unlocks, progress and play time"),
    Scope.PLAYERS_WRITE: gettext_lazy("Create players and hand out player tokens"),
    Scope.DEFINITIONS_WRITE: gettext_lazy("Change the game and its achievements; live keys only"),
    Scope.UNLOCKS_REVOKE: gettext_lazy("Revoke and restore unlocks; live keys only"),
    Scope.ANNOUNCEMENTS_WRITE: gettext_lazy("Send announcements to the game's players; live keys only"),
}


class ApiKeyForm(DomainForm):
    """A new key."""

    name = NameFormField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Where it will be used, so that you recognise it."),
    )
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=ApiKey.Environment.choices,
        initial=ApiKey.Environment.LIVE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A test key's unlocks appear in the live view but don't count. It can unlock drafts."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"),
        choices=[(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        initial=sorted(SERVER_SCOPES),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The first three are what a game server needs. Choose only what this key needs."),
    )
