"""Forms of the players' pages."""

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from apps.core.http.pages import DomainForm
from apps.core.parsing.form_fields import NameFormField
from apps.players.actions import describe_player
from apps.players.former_handles import problem_with_handle
from apps.players.models import DISPLAY_NAME_MAX, Player, Region, display_name_rule, handle_rule


class NameForm(DomainForm):
    """A player's handle and display name; `player` is None for a new one."""

    player: Player | None = None

    handle = forms.CharField(
        label=gettext_lazy("Handle"),
        max_length=24,
        validators=[handle_rule],
        help_text=gettext_lazy("3 to 24 letters, digits, hyphens or underscores."),
    )
    display_name = NameFormField(
        label=gettext_lazy("Display name"),
        max_length=DISPLAY_NAME_MAX,
        validators=[display_name_rule],
        required=False,
        help_text=gettext_lazy("Shown on leaderboards and to friends."),
    )

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"]
        is_new = self.player is None or handle != self.player.handle
        if is_new and (problem := problem_with_handle(handle, self.player)):
            raise forms.ValidationError(problem.detail, code=problem.code)
        return handle

    def names(self) -> dict[str, str]:
        fields = self.cleaned_data
        return {"handle": fields["handle"], "display_name": fields["display_name"] or fields["handle"]}


class RenameForm(NameForm):
    """A new handle or display name for a player."""

    def __init__(self, player: Player, data: Any = None) -> None:
        super().__init__(data, initial={"handle": player.handle, "display_name": player.display_name})
        self.player = player


class ProfileForm(NameForm):
    """A player's public profile."""

    region = forms.ChoiceField(label=gettext_lazy("Region"), choices=Region.choices, initial=Region.EUROPE)

    def profile(self) -> dict[str, str]:
        """Return the profile's members."""
        return self.names() | {"region": self.cleaned_data["region"]}


class SignUpForm(ProfileForm, SignupForm):
    """An account, and the profile of its player, who is created once the address is confirmed.

    Until then nothing is visible: a handle that is taken afterwards, or isn't, would reveal who has an account.
    """

    account_already_exists: bool
    field_order = ("email", "handle", "display_name", "region", "password1")

    def try_save(self, request: Any) -> Any:
        """Respond alike to new and existing accounts; the email differs. Raises: SessionsUnavailableError."""
        request.session.require_writable()
        if self.account_already_exists:
            # Takes as long as hashing a new account's password.
            make_password(self.cleaned_data["password1"])
        try:
            return super().try_save(request)
        except IntegrityError:
            # Two sign-ups with one address at the same time.
            self.account_already_exists = True
            return super().try_save(request)

    @transaction.atomic
    def save(self, request: object) -> object:
        account = super().save(request)
        describe_player(account=account, **self.profile())
        return account
