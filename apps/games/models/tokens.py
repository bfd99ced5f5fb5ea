"""Tokens that log-ins created for players."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models.games import Game
from apps.players.models import Account, Player


class TokenGrant(models.Model):
    """The source of a player token that a log-in created, which it ends with; the token itself is not stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    player = models.ForeignKey(Player, models.CASCADE, related_name="+")
    game = models.ForeignKey(Game, models.CASCADE, related_name="+")
    # Derived from the password in games.auth.credentials; changes with it.
    password_mark = models.CharField(max_length=32)
    sealed_session = models.TextField()
    created_at = models.DateTimeField(default=now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "token_grant"
        indexes = (
            # An account lists its tokens.
            models.Index(fields=["account", "expires_at"], name="token_grant_account_expiry_idx"),
            # The cleanup job finds expired tokens.
            models.Index(fields=["expires_at"], name="token_grant_expires_at_idx"),
        )

    def __str__(self) -> str:
        return gettext("token created at {row.created_at:%Y-%m-%d %H:%M} UTC").format(row=self)

    account_id: UUID
    player_id: UUID
    game_id: UUID
