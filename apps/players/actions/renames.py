"""What a change of name leaves behind: a handle that is held, and a count towards the limit."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from apps.core.clock import now
from apps.core.errors import DomainError
from apps.core.waits_in_words import try_again_in
from apps.players.former_handles import HELD
from apps.players.handles import digests_of
from apps.players.models import Player, Rename

# Each handle given up is one that nobody else can have for 90 days.
HANDLES_MAX, HANDLES_WITHIN = 3, timedelta(days=30)
# Of people who rename themselves; games have the limit of their key.
NAMES_MAX, NAMES_WITHIN = 10, timedelta(days=1)
ROWS_AT_ONCE = 5_000


class RenamedTooOftenError(DomainError):
    code = "renamed_too_often"
    status = 429
    detail = gettext_noop(
        "This name was changed too often. A handle can change three times in 30 days, and a name ten times a day."
    )

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"{gettext(self.detail)} {try_again_in(retry_after_seconds)}")
        self.retry_after_seconds = retry_after_seconds


def require_may_rename(player: Player, changed: Collection[str]) -> None:
    """Check the limits, with the player locked. At most two queries. Raises: RenamedTooOftenError."""
    moment = now()
    if "handle" in changed:
        _require_fewer(player, ~Q(handle_digest=""), HANDLES_MAX, HANDLES_WITHIN, moment)
    if player.account_id is not None and {"handle", "display_name"} & set(changed):
        _require_fewer(player, Q(), NAMES_MAX, NAMES_WITHIN, moment)


def record_rename(player: Player, changed: Collection[str], former_handle: str) -> None:
    """Hold the handle given up, and count the change; the display name that was is stored nowhere."""
    is_given_up = player.handle.lower() != former_handle.lower()
    if is_given_up:
        hold_handle(player, former_handle)
    elif player.account_id is not None and {"handle", "display_name"} & set(changed):
        Rename.objects.create(player=player, held_until=now() + NAMES_WITHIN)


def hold_handle(player: Player | None, handle: str) -> None:
    """Hold a handle for its player; without one, for nobody: only its digest is stored."""
    Rename.objects.create(
        player=player,
        handle="" if player is None else handle,
        handle_digest=digests_of(handle)[0],
        held_until=now() + HELD,
    )


def delete_renames(*, before: datetime) -> int:
    """Delete some of the changes that neither hold a handle nor count any more; return how many."""
    ended = Rename.objects.filter(held_until__lte=before).order_by("held_until").values("pk")[:ROWS_AT_ONCE]
    return Rename.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).delete()[0]


def _require_fewer(player: Player, condition: Q, limit: int, within: timedelta, moment: datetime) -> None:
    recent = Rename.objects.filter(condition, player=player, renamed_at__gt=moment - within).order_by("-renamed_at")
    times = list(recent.values_list("renamed_at", flat=True)[:limit])
    if len(times) == limit:
        raise RenamedTooOftenError(int((times[-1] + within - moment).total_seconds()) + 1)
