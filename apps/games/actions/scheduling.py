"""Publishing at a time to come: due rows, done once by any worker, and refused where anyone sees it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext

from apps.core.background.claims import DueTable
from apps.core.background.work_queues import work_queue
from apps.core.clock import now
from apps.core.errors import DomainError, InvalidError, NotFoundError
from apps.games.actions.publishing import NothingToPublishError, publish_achievement, publish_changes
from apps.games.definitions import history
from apps.games.definitions.budget import lock_achievement, lock_game, require_tag
from apps.games.definitions.content import would_publish
from apps.games.definitions.pending import pending_achievements, pending_tag
from apps.games.models import Achievement, Act, Game, ScheduledPublication

AHEAD_MAX = timedelta(days=366)
PUBLICATIONS = DueTable("scheduled_publication")
# Claimed with its game, which is what other writers lock first; as neither is waited for, nobody waits in a circle.
_CLAIM_DUE = """
SELECT s.id FROM scheduled_publication s JOIN game g ON g.id = s.game_id
WHERE s.due_at <= %s ORDER BY s.due_at, s.id LIMIT 1 FOR NO KEY UPDATE OF s, g SKIP LOCKED
"""


@transaction.atomic
def schedule_publication(
    *,
    game: Game,
    achievement: Achievement | None = None,
    publish_at: datetime,
    by: str = "",
    expected: Collection[str] | None = None,
) -> ScheduledPublication:
    """Publish an achievement's draft, or all that the game has to publish, as it is then, at a time to come.

    Takes the place of an earlier time. `expected` are edit tags, of the achievement or of all that there is to
    publish, of which one must be current. Raises: InvalidError, NothingToPublishError, ChangedMeanwhileError,
    NotFoundError.
    """
    current = lock_game(game.id)
    _require_to_come(publish_at)
    if not _has_something(current, achievement, expected):
        raise NothingToPublishError
    made, _ = ScheduledPublication.objects.update_or_create(
        game=current,
        achievement=achievement,
        defaults={
            "publish_at": publish_at,
            "due_at": publish_at,
            "created_by": by,
            "created_at": now(),
            "refused_at": None,
            "refusal_code": "",
            "refusal": "",
        },
    )
    history.note_schedule(current, achievement, Act.SCHEDULED, by=by, due_at=publish_at)
    return made


@transaction.atomic
def cancel_publication(*, game: Game, publication_id: UUID, by: str = "") -> None:
    """Cancel a publication that was to come, or take a refused one off the list. Raises: NotFoundError."""
    current = lock_game(game.id)
    found = ScheduledPublication.objects.filter(pk=publication_id, game=current).select_related("achievement").first()
    if found is None:
        raise NotFoundError
    if found.due_at is not None:
        history.note_schedule(current, found.achievement, Act.CANCELLED, by=by, due_at=found.publish_at)
    found.delete()


@work_queue(name="publish_due", queue="notifications", waiting_since=PUBLICATIONS.waiting_since)
def publish_due() -> int:
    """Publish what has been due longest, in the transaction that claims it; return 1, or 0 when nothing is due."""
    with transaction.atomic():
        claimed = _claim_due()
        if claimed is None:
            return 0
        with PUBLICATIONS.postponing(claimed.id):
            _publish_or_refuse(claimed)
    return 1


def _require_to_come(publish_at: datetime) -> None:
    moment = now()
    if not moment < publish_at <= moment + AHEAD_MAX:
        raise InvalidError(gettext("Choose a time from now on, within a year."), pointer="/publish_at")


def _has_something(game: Game, achievement: Achievement | None, expected: Collection[str] | None = None) -> bool:
    if achievement is not None:
        return would_publish(lock_achievement(achievement, expected)[1])
    rows = pending_achievements(game)
    if expected is None:
        return rows.exists()
    require_tag(pending_tag(rows), expected)
    return bool(rows)


def _claim_due() -> ScheduledPublication | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_DUE, [now()])
        row = cursor.fetchone()
    if row is None:
        return None
    return ScheduledPublication.objects.select_related("game", "achievement").get(pk=row[0])


def _publish_or_refuse(claimed: ScheduledPublication) -> None:
    try:
        with transaction.atomic():
            _publish(claimed)
    except DomainError as refusal:
        _refuse(claimed, refusal)


def _publish(claimed: ScheduledPublication) -> None:
    by, due_at = claimed.created_by, claimed.publish_at
    if claimed.achievement is None:
        publish_changes(game=claimed.game, by=by, due_at=due_at)
        return
    if not _has_something(claimed.game, claimed.achievement):
        raise NothingToPublishError
    publish_achievement(achievement=claimed.achievement, by=by, due_at=due_at)


def _refuse(claimed: ScheduledPublication, refusal: DomainError) -> None:
    claimed.due_at, claimed.refused_at = None, now()
    claimed.refusal_code, claimed.refusal = refusal.code, refusal.detail
    claimed.save(update_fields=["due_at", "refused_at", "refusal_code", "refusal"])
    history.note_schedule(
        claimed.game, claimed.achievement, Act.REFUSED, by="", due_at=claimed.publish_at, detail=refusal.detail
    )
