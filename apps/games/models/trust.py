"""How far operators trust games, and how boards follow: decisions, changes under way, and who is of a studio."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now
from apps.core.ids import NIL, new_id
from apps.players.models import Player


class Trust(models.TextChoices):
    """How far operators trust a game; see docs/trust.md."""

    DEVELOPING = "developing", gettext_lazy("In development")
    LISTED = "listed", gettext_lazy("Listed")
    DELISTED = "delisted", gettext_lazy("Delisted")


class TrustMove(models.Model):
    """A change of what counts on boards that they follow in the order of players' ids: the rules before it.

    They hold for players after `reached_id`. Of several the oldest comes first; see what_counts.py of standings.
    """

    id = models.BigAutoField(primary_key=True)
    game = models.ForeignKey("games.Game", models.CASCADE, related_name="+", db_index=False)
    reached_id = models.UUIDField(default=NIL)
    is_listed = models.BooleanField()
    has_trusted_clients = models.BooleanField()
    is_ranking_clients = models.BooleanField()
    is_ranking_members = models.BooleanField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "trust_move"
        # Each step looks for its games' moves.
        indexes = (models.Index(fields=["game", "id"], name="trust_move_game_id_idx"),)

    def __str__(self) -> str:
        return gettext("move of game {row.game_id} at {row.created_at:%Y-%m-%d %H:%M} UTC").format(row=self)

    game_id: UUID


class TrustDecision(models.Model):
    """Who listed or delisted a game, or trusted its clients, when and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey("games.Game", models.CASCADE, related_name="trust_decisions", db_index=False)
    trust = models.CharField(max_length=10, choices=Trust)
    has_trusted_clients = models.BooleanField()
    # account:<id> for an operator, command for manage.py, rule for a game that met the conditions.
    decided_by = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    decided_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "trust_decision"
        # The portal shows the latest of a game.
        indexes = (models.Index(fields=["game", "-id"], name="trust_decision_game_id_idx"),)

    def __str__(self) -> str:
        return f"{self.game_id}: {self.trust}"


class StudioPlayer(models.Model):
    """A player whom boards treat as a member of a studio; follows memberships, with the boards."""

    pk = models.CompositePrimaryKey("player_id", "studio_id")
    player = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    studio = models.ForeignKey("games.Studio", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        db_table = "studio_player"

    def __str__(self) -> str:
        return gettext("{row.player} counts as a member of {row.studio}").format(row=self)
