"""Scheduled jobs of games; achievements_site/schedule.py lists their times."""

from collections.abc import Iterator

from django.conf import settings

from apps.core.background.scheduled_jobs import DAY, HOUR, Counts, JobContext, job
from apps.games import actions
from apps.games.listing import games_to_list
from apps.games.models import Game

ROWS_AT_ONCE = 5_000


@job(name="delete_tokens", every=DAY)
def delete_tokens(context: JobContext) -> Iterator[Counts]:
    """Delete grants of player tokens that expired a week ago."""
    while deleted := actions.delete_tokens(rows_max=ROWS_AT_ONCE):
        yield {"tokens_deleted": deleted}


@job(name="list_games", every=HOUR)
def list_games(context: JobContext) -> Iterator[Counts]:
    """List games in development that meet the operator's conditions, if they are to be listed without one."""
    waiting = games_to_list(context.moment) if settings.LISTING_BY_RULE else Game.objects.none()
    for game_id in waiting.order_by("pk").values_list("pk", flat=True):
        yield {"games_listed": int(actions.list_by_rule(game_id=game_id, moment=context.moment))}
