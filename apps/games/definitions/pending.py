"""What a game has to publish: new achievements, and published ones with a draft."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.core.etags import etag_of
from apps.games.definitions.content import edit_tag, with_drafts
from apps.games.models import Achievement, AchievementState, Game

# New ones, and published ones with a draft. Archived ones are published again only where they are named.
IS_PENDING = Q(state=AchievementState.DRAFT) | Q(state=AchievementState.PUBLISHED, draft__isnull=False)


def pending_achievements(game: Game, achievement_ids: Collection[UUID] | None = None) -> QuerySet[Achievement]:
    """Return what publishing everything would publish, or of the named ones what publishing them would, in order."""
    rows = with_drafts(Achievement.objects.filter(game=game)).order_by("position", "id")
    if achievement_ids is None:
        return rows.filter(IS_PENDING)
    return rows.filter(IS_PENDING | Q(state=AchievementState.ARCHIVED), pk__in=achievement_ids)


def pending_tag(rows: Iterable[Achievement]) -> str:
    """Return an ETag of all that a game has to publish, as pending_achievements returns it, to publish just that."""
    return etag_of("".join(f"{row.id}{edit_tag(row)}" for row in rows).encode())
