"""What a game lacks to be listed: the operator's conditions, as settings say, and which of them it meets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext, ngettext

from apps.core.clock import now
from apps.games.models import AchievementCompletion, Game, Membership, Role
from apps.games.models.trust import Trust


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of being listed, in words, and whether a game meets it."""

    name: str
    text: str
    is_met: bool


def conditions_of(game: Game, moment: datetime | None = None) -> list[Condition]:
    """Return the operator's conditions for a game; four queries at most."""
    return list(_conditions(game, moment or now()))


def games_to_list(moment: datetime) -> Iterator[Game]:
    """Yield the games in development that meet all conditions."""
    waiting = Game.objects.filter(is_published=True, trust=Trust.DEVELOPING).select_related("studio").order_by("pk")
    return (game for game in waiting if all(item.is_met for item in _conditions(game, moment)))


def _conditions(game: Game, moment: datetime) -> Iterator[Condition]:
    yield Condition("published", gettext("The game is published"), game.is_published)
    if settings.LISTING_CONFIRMED_ADDRESS:
        text = gettext("Every owner of the studio has confirmed their email address")
        yield Condition("confirmed_address", text, _are_owners_confirmed(game))
    if days := settings.LISTING_STUDIO_DAYS:
        text = ngettext("The studio is a day old", "The studio is {days} days old", days).format(days=days)
        yield Condition("studio_age", text, game.studio.created_at <= moment - timedelta(days=days))
    if wanted := settings.LISTING_PLAYERS:
        counted = AchievementCompletion.objects.filter(achievement__game=game)
        count = counted.aggregate(most=Max("player_count"))["most"] or 0
        text = ngettext("A player has earned something", "{wanted} players have earned something", wanted)
        yield Condition("players", text.format(wanted=wanted), count >= wanted)


def _are_owners_confirmed(game: Game) -> bool:
    owners = Membership.objects.filter(studio=game.studio_id, role=Role.OWNER)
    confirmed = EmailAddress.objects.filter(user__in=owners.values("account"), verified=True)
    return bool(0 < owners.count() == confirmed.values("user").distinct().count())
