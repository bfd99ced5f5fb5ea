"""Forms of the players' pages."""

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.db import transaction

from apps.players.actions import create_player
from apps.players.models import Player, Region, handle_rule


class SignUpForm(SignupForm):  # type: ignore[misc]
    """An account and its player at once."""

    handle = forms.CharField(
        max_length=24,
        validators=[handle_rule],
        help_text="3 to 24 letters, digits, hyphens or underscores; yours for ever.",
    )
    display_name = forms.CharField(max_length=40, required=False, help_text="How boards and friends see you.")
    region = forms.ChoiceField(choices=Region.choices, initial=Region.EUROPE)

    field_order = ("email", "handle", "display_name", "region", "password1")

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"]
        if Player.objects.filter(handle__iexact=handle).exists():
            raise forms.ValidationError("Someone has this handle. Choose another.", code="taken")
        return handle

    def try_save(self, request: Any) -> Any:
        # Both who is new and who has an account here are remembered until the mail is read.
        request.session.require_writable()
        return super().try_save(request)

    @transaction.atomic
    def save(self, request: Any) -> Any:
        account = super().save(request)
        fields = self.cleaned_data
        create_player(
            handle=fields["handle"],
            display_name=fields["display_name"] or fields["handle"],
            region=fields["region"],
            account=account,
        )
        return account
