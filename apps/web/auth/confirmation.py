"""When a log-in waits until its address has been confirmed by mail."""

from allauth.account.stages import EmailVerificationStage

from apps.players.models import PlayerDescription


class ConfirmationStage(EmailVerificationStage):
    """Who signed up confirms the address before the first log-in, which makes their player.

    Whom an operator or the demo made has nothing to confirm, and who has been in before goes on as ever.
    """

    def handle(self) -> object:
        account = self.login.user
        has_been_in = account is not None and not PlayerDescription.objects.filter(account=account).exists()
        return (None, True) if has_been_in else super().handle()
