"""Reads of games, for everyone and for their studios."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.clock import now
from apps.core.database.composed import composed
from apps.core.errors import NotFoundError
from apps.games.auth.credentials import hold, of_grant
from apps.games.definitions.budget import as_drafted
from apps.games.definitions.content import with_drafts
from apps.games.models import (
    Achievement,
    AchievementCompletion,
    AchievementSet,
    AchievementState,
    Game,
    Membership,
    SetKind,
    TokenGrant,
    Trust,
)

# An account's tokens; one created each minute of an hour makes 60.
LISTED_MAX = 100


class GameNotFoundError(NotFoundError):
    code = "game_not_found"
    detail = gettext_noop("No published game has this id or slug.")


def games_open_to(account_id: UUID | None) -> QuerySet[Game]:
    """Return the games whose pages and boards an account may see (None: anyone): published ones, its studios'."""
    published = Q(is_published=True)
    if account_id is None:
        return Game.objects.filter(published)
    own_studios = Membership.objects.filter(account_id=account_id).values("studio")
    return Game.objects.filter(published | Q(studio__in=own_studios))


def games_seen_by(caller: Caller | None) -> QuerySet[Game]:
    """Return the games that a caller may see: published ones, those of a member's studios, a key's own.

    Players see their game only once it is published; a test key's players see it as the key does.
    """
    seen = games_open_to(None if caller is None else caller.account_id)
    own = _games_of_key(caller)
    return seen | Game.objects.filter(pk__in=own) if own else seen


def games_named_to(caller: Caller | None) -> QuerySet[Game]:
    """Return the games that reads of players name, listed or not: published ones and a key's own."""
    return Game.objects.filter(Q(is_published=True) | Q(pk__in=_games_of_key(caller)))


def listed_games() -> QuerySet[Game]:
    """Return the games that lists of games name: published, and listed by an operator."""
    return Game.objects.filter(is_published=True, trust=Trust.LISTED)


def counted_listed_games(caller: Caller | None) -> QuerySet[Game]:
    """Return listed games and a key's own, each with achievement_count, points and player_count."""
    own = Game.objects.filter(pk__in=_games_of_key(caller))
    return counted_games(listed_games() | own)


def sees_own_game(caller: Caller | None) -> bool:
    """Whether lists of games name a caller's own beside those that are listed."""
    return bool(_games_of_key(caller))


def _games_of_key(caller: Caller | None) -> list[UUID]:
    if caller is None or caller.game_id is None or not (caller.kind == "key" or caller.is_test):
        return []
    return [caller.game_id]


def shown_game(reference: UUID | str, caller: Caller | None) -> Game:
    """Return the game with this id or slug. Raises: GameNotFoundError."""
    column = {"pk": reference} if isinstance(reference, UUID) else {"slug": reference}
    game = counted_games(games_seen_by(caller).filter(**column)).first()
    if game is None:
        raise GameNotFoundError
    return game


def are_published(game_ids: Sequence[UUID]) -> list[bool]:
    """Return for each whether it is a published game. One query."""
    published = set(Game.objects.filter(pk__in=set(game_ids), is_published=True).values_list("pk", flat=True))
    return [game_id in published for game_id in game_ids]


def managed_games(caller: Caller) -> QuerySet[Any]:
    """Return the games that the caller may manage: a key's own, or those of the account's studios.

    Each has achievement_count and points as drafted, without archived achievements, player_count, and the account's
    `member_role`.
    """
    rows: QuerySet[Any]
    if caller.account_id is None:
        rows = Game.objects.filter(pk__in=[caller.game_id]).annotate(member_role=Value(""))
    else:
        mine = Game.objects.filter(studio__memberships__account_id=caller.account_id)
        rows = mine.annotate(member_role=F("studio__memberships__role"))
    drafted = as_drafted(Achievement.objects.all()).filter(kind_drafted=SetKind.BASE)
    return _counted(rows.select_related("studio"), drafted, "points_drafted")


def counted_games(games: QuerySet[Game]) -> QuerySet[Game]:
    """Annotate games with achievement_count and points of their base sets' published achievements, and player_count."""
    published = Achievement.objects.filter(state=AchievementState.PUBLISHED, set_kind=SetKind.BASE)
    return _counted(games, published, "points")


def _counted(games: QuerySet[Game], achievements: QuerySet[Any], points: str) -> QuerySet[Game]:
    """Annotate games with how many of these achievements are theirs, the sum of this column, and player_count."""
    counted = achievements.filter(game=OuterRef("pk")).values("game")
    completions = AchievementCompletion.objects.filter(achievement__game=OuterRef("pk"))
    players = completions.order_by("-player_count").values("player_count")[:1]
    return games.annotate(
        achievement_count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0),
        points=Coalesce(Subquery(counted.annotate(n=Sum(points)).values("n"), output_field=IntegerField()), 0),
        player_count=Coalesce(Subquery(players), 0),
    )


def managed_sets(game: Game) -> QuerySet[Any]:
    """Return a game's sets with achievement_count and points of what is drafted in each, as its budget counts them."""
    drafted = as_drafted(Achievement.objects.filter(game=OuterRef("game"))).filter(set_drafted=OuterRef("pk"))
    counted = drafted.values("game")
    return AchievementSet.objects.filter(game=game).annotate(
        achievement_count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0),
        points=Coalesce(Subquery(counted.annotate(n=Sum("points_drafted")).values("n")), 0),
    )


def sets_of(game_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Return the sets of games, base sets first, with achievement_count and points of what is published. One query."""
    published = Q(achievements__state=AchievementState.PUBLISHED)
    rows = AchievementSet.objects.filter(game_id__in=game_ids).annotate(
        achievement_count=Count("achievements", filter=published),
        points=Coalesce(Sum("achievements__points", filter=published), 0),
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(rows.order_by("position", "id"), key=lambda row: row.kind != SetKind.BASE):
        found[row.game_id].append(row)
    return found


def managed_achievements(game: Game) -> QuerySet[Achievement]:
    """Return a game's achievements with what editors see of them: drafts, completion, publications to come."""
    return with_drafts(Achievement.objects.filter(game=game)).select_related("completion", "publication")


def has_token(*, account_id: UUID, grant_id: UUID) -> bool:
    """Return whether an account has a token, revoked or not, that has not run out."""
    return TokenGrant.objects.filter(pk=grant_id, account_id=account_id, expires_at__gt=now()).exists()


@composed
def _valid_grants(account_id: UUID, moment: datetime) -> QuerySet[TokenGrant]:
    mine = TokenGrant.objects.filter(account_id=account_id, revoked_at=None, expires_at__gt=moment)
    return mine.select_related("game").order_by("-created_at", "id")[:LISTED_MAX]


def living_tokens(account_id: UUID) -> list[TokenGrant]:
    """Return the grants of an account's valid tokens, newest first, each with its game. Cost: as `hold`."""
    grants = _valid_grants.rows(account_id=account_id, moment=now())
    known = [(grant, credentials) for grant in grants if (credentials := of_grant(grant)) is not None]
    held = hold([credentials for _, credentials in known])
    return [grant for (grant, _), is_held in zip(known, held, strict=True) if is_held]
