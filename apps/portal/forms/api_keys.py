"""The form of an API key."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.http.pages import DomainForm
from apps.core.parsing.form_fields import NameFormField
from apps.games.models import ApiKey, KeyKind

PERMISSIONS = {
    Scope.READ: gettext_lazy("Read leaderboards, players and achievements"),
    Scope.UNLOCKS_WRITE: gettext_lazy("Report unlocks, progress and play time"),
    Scope.PLAYERS_WRITE: gettext_lazy("Create players and hand out player tokens"),
    Scope.DEFINITIONS_WRITE: gettext_lazy("Change the game and its achievements"),
    Scope.UNLOCKS_REVOKE: gettext_lazy("Revoke and restore unlocks"),
    Scope.ANNOUNCEMENTS_WRITE: gettext_lazy("Send announcements to the game's players"),
    Scope.IMPORT: gettext_lazy("Import unlocks from before the game was here"),
}
LIVE_ONLY = gettext_lazy("{permission}; live keys only")


class ApiKeyForm(DomainForm):
    """A new key."""

    name = NameFormField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Where it will be used, so that you recognise it."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            (KeyKind.SECRET, gettext_lazy("A game server")),
            (KeyKind.PUBLISHABLE, gettext_lazy("A game without a server")),
        ],
        initial=KeyKind.SECRET,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "A server's key is a secret. A publishable key may be shipped inside the game: it creates guests, and "
            "reports only achievements that game clients may set."
        ),
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
        choices=[
            (scope.value, words if scope in SERVER_SCOPES else format_lazy(LIVE_ONLY, permission=words))
            for scope, words in PERMISSIONS.items()
        ],
        initial=sorted(SERVER_SCOPES),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Of a server's key. The first three are what a game server needs. Choose only what this key needs."
        ),
    )
    allowed_origins = forms.CharField(
        label=gettext_lazy("Allowed origins"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://play.example"}),
        help_text=gettext_lazy(
            "Of a publishable key: sites whose pages may send it, one a line. Leave empty to allow no web pages, only "
            "apps."
        ),
    )

    @property
    def key_fields(self) -> dict[str, Any]:
        """What create_api_key takes, without what belongs to the other kind of key."""
        fields = self.cleaned_data
        kind = fields["kind"] or KeyKind.SECRET
        named = {"name": fields["name"], "environment": fields["environment"], "kind": kind}
        if kind == KeyKind.PUBLISHABLE:
            return {**named, "allowed_origins": fields["allowed_origins"].split()}
        return {**named, "scopes": fields["scopes"]}
