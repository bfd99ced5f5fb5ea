"""Player tokens that logged-in people create and revoke."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from apps.core.clock import now
from apps.core.errors import NotFoundError
from apps.games.auth.credentials import of_session, seal_session
from apps.games.auth.known_tokens import known_tokens
from apps.games.models import TokenGrant
from apps.players.models import Account
from apps.players.tokens import TOKEN_SECONDS, PlayerToken, issue_token

# Expired tokens stay on record for investigations.
RETENTION = timedelta(days=7)


class TokenNotFoundError(NotFoundError):
    code = "token_not_found"
    detail = gettext_noop("You have no such token, or it has run out.")


def create_token(*, account: Account, session_key: str, player_id: UUID, game_id: UUID) -> tuple[TokenGrant, str]:
    """Create a token that ends with the session, the password or the account; return its grant and its text."""
    word = of_session(account, session_key, player_id=player_id, game_id=game_id)
    grant = TokenGrant.objects.create(
        account=account,
        player_id=player_id,
        game_id=game_id,
        password_mark=word.password_mark,
        sealed_session=seal_session(session_key),
        expires_at=now() + timedelta(seconds=TOKEN_SECONDS),
    )
    text, _ = issue_token(PlayerToken(player_id, game_id, is_test=False, grant_id=grant.id))
    return grant, text


def revoke_token(*, account_id: UUID, grant_id: UUID) -> None:
    """Refuse a token from now on: at once in this process, within 5 s everywhere; repeating it changes nothing.

    Raises: TokenNotFoundError.
    """
    mine = TokenGrant.objects.filter(pk=grant_id, account_id=account_id, expires_at__gt=now())
    if not mine.filter(revoked_at=None).update(revoked_at=now()) and not mine.exists():
        raise TokenNotFoundError
    known_tokens.drop(grant_id)


def delete_tokens(*, rows_max: int) -> int:
    """Delete grants of tokens that expired RETENTION ago, and return how many; call again while there are some."""
    old = TokenGrant.objects.filter(expires_at__lt=now() - RETENTION).order_by("expires_at", "pk")
    return TokenGrant.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:rows_max])).delete()[0]
