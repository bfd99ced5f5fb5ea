"""Which log-ins require a confirmed address."""

from allauth.account.stages import EmailVerificationStage

from apps.players.models import PlayerDescription


class ConfirmationStage(EmailVerificationStage):
    """After a sign-up the address must be confirmed before the first log-in, which creates the player.

    Accounts created by an operator or the demo, and those that have logged in before, need no confirmation.
    """

    def handle(self) -> object:
        account = self.login.user
        has_been_in = account is not None and not PlayerDescription.objects.filter(account=account).exists()
        return (None, True) if has_been_in else super().handle()
