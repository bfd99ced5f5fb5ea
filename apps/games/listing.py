"""The operator's rule, as settings say: what a game must meet to be listed without an operator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext, ngettext

from apps.core.clock import now
from apps.games.models import AchievementCompletion, Game, Membership, Role, Trust


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of being listed, in words, and whether a game meets it."""

    text: str
    is_met: bool


def conditions_of(game: Game) -> list[Condition]:
    """Return the operator's conditions for a game. One query."""
    rule = list(_rule(now()))
    wheres = [ExpressionWrapper(where, BooleanField()) for _, where in rule]
    met = Game.objects.filter(pk=game.pk).values_list(*wheres).get()
    return [Condition(text, is_met) for (text, _), is_met in zip(rule, met, strict=True)]


def games_to_list(moment: datetime) -> QuerySet[Game]:
    """Return the games in development that meet all conditions."""
    return Game.objects.filter(*(where for _, where in _rule(moment)), trust=Trust.DEVELOPING)


def _rule(moment: datetime) -> Iterator[tuple[str, Q]]:
    """Yield each condition in words and as a filter of games."""
    yield gettext("The game is published"), Q(is_published=True)
    if settings.LISTING_CONFIRMED_ADDRESS:
        owners = Membership.objects.filter(studio=OuterRef("studio"), role=Role.OWNER)
        confirmed = EmailAddress.objects.filter(user=OuterRef("account"), verified=True)
        text = gettext("Every owner of the studio has confirmed their email address")
        yield text, Q(Exists(owners)) & ~Q(Exists(owners.exclude(Exists(confirmed))))
    if days := settings.LISTING_STUDIO_DAYS:
        text = ngettext("The studio is a day old", "The studio is {days} days old", days).format(days=days)
        yield text, Q(studio__created_at__lte=moment - timedelta(days=days))
    if wanted := settings.LISTING_PLAYERS:
        earned = AchievementCompletion.objects.filter(achievement__game=OuterRef("pk"), player_count__gte=wanted)
        text = ngettext("A player has earned something", "{wanted} players have earned the same achievement", wanted)
        yield text.format(wanted=wanted), Q(Exists(earned))
