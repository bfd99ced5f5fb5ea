"""Adapts allauth: how accounts are created, and how often passwords may be guessed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop

from apps.core.errors import DomainError
from apps.core.http.ip_addresses import ip_address_of
from apps.core.http.pages import throttled_seconds
from apps.core.waits_in_words import try_again_in
from apps.notifications.connections.credential_revalidation import request_revalidation
from apps.players.actions import create_described_player
from apps.players.actions.rulings import ban_of
from apps.players.errors import HandleTakenError
from apps.players.models import Player
from apps.web.auth.known_devices import device_known_to, remember_device

ALLAUTH = "allauth.account"
# Of RFC 5321's path, without its brackets; also that of the column. Django's form fields take 320.
EMAIL_LENGTH_MAX = 254


class MailUnavailableError(DomainError):
    code = "mail_unavailable"
    status = 503
    detail = gettext_noop("The mail that this needs can't be sent now. Try again in a few minutes.")
    retry_after_seconds = 60


class AccountAdapter(DefaultAccountAdapter):
    """Accounts have no username; the first log-in creates their player."""

    def populate_username(self, request: object, user: object) -> None:
        return

    def get_client_ip(self, request: object) -> str:
        """Return the address that throttles count, the same as everywhere else."""
        return ip_address_of(request)

    def get_login_stages(self) -> list[str]:
        """Return allauth's stages, with our rule for confirming addresses."""
        ours = {"allauth.account.stages.EmailVerificationStage": "apps.web.auth.confirmation.ConfirmationStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def validation_error(self, code: str, *arguments: object) -> forms.ValidationError:
        """Return allauth's error of a form; of a limit, with the time to come back."""
        seconds = throttled_seconds(self.request)
        if code != "too_many_login_attempts" or seconds is None:
            error: forms.ValidationError = super().validation_error(code, *arguments)
            return error
        words = gettext("Too many failed log-ins.")
        return forms.ValidationError(f"{words} {try_again_in(seconds)}", code=code)

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """Count a guess, which `authenticate` takes back when it is right. Raises: ValidationError over the limit."""
        usage = ratelimit.RateLimitUsage(usage=[])
        for action, key in _limits_of(request, credentials):
            counted = ratelimit.consume(request, app=ALLAUTH, action=action, key=key)
            if not counted:
                raise self.validation_error("too_many_login_attempts")
            usage.usage += counted.usage
        self._login_failed_rl_usage = usage

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: object) -> None:
        """Reset an account's wrong guesses, as a password reset proves access to its mailbox."""
        for action, key in _limits_of(request, credentials):
            ratelimit.clear(request, app=ALLAUTH, action=action, key=key)

    def post_login(self, request: Any, user: Any, **details: Any) -> HttpResponseBase:
        """Continue after a log-in: the first one creates the player described at sign-up."""
        response: HttpResponseBase = super().post_login(request, user, **details)
        try:
            create_described_player(account=user)
        except HandleTakenError:
            # Someone else confirmed their address with this handle first.
            response = redirect("web:profile-create")
        remember_device(request, response, details["email"] or user.email)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponseBase:
        """Say why a right password opens nothing: only who knows it reads this."""
        return render(request, "account/account_inactive.html", ban_of(user.pk), status=403)

    def clean_email(self, email: str) -> str:
        """Refuse an address longer than mail knows, wherever one is given. Raises: ValidationError."""
        if len(email) > EMAIL_LENGTH_MAX:
            raise forms.ValidationError(
                gettext("This address has {count} characters, and one of email has {maximum} at most.").format(
                    count=len(email), maximum=EMAIL_LENGTH_MAX
                ),
                code="max_length",
            )
        cleaned: str = super().clean_email(email)
        return cleaned

    def format_email_subject(self, subject: str) -> str:
        return f"Laurel: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send as allauth does. Raises: MailUnavailableError when the mail server refuses it."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            # An unsent email doesn't count towards the limit.
            ratelimit.clear(self.request, app=ALLAUTH, action="confirm_email", key=email.lower())
            raise MailUnavailableError from error

    def set_password(self, user: Any, password: str) -> None:
        # The session is replaced afterwards.
        self.request.session.require_writable()
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def logout(self, request: Any) -> None:
        """Log out, and close the session's open connections at once instead of within seconds."""
        account_id = request.user.pk
        # Last, as Django's signal comes before the session is gone.
        super().logout(request)
        player_id = Player.objects.filter(account=account_id).values_list("pk", flat=True).first()
        if player_id is not None:
            request_revalidation(player_id)


def _limits_of(request: HttpRequest, credentials: dict[str, object]) -> list[tuple[str, str]]:
    """Return the limits that a guess counts against: actions of ACCOUNT_RATE_LIMITS with their keys."""
    login = str(credentials.get("email", "")).lower()
    if device := device_known_to(request, login):
        return [("login_failed_on_known_device", f"{device}:{login}")]
    return [("login_failed", f"{login}:{ip_address_of(request)}"), ("login_failed_anywhere", login)]
