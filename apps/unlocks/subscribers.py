"""Effects of events on the ledger: long revocations continue, merged players' unlocks move, deleted players' go."""

from collections.abc import Sequence
from contextlib import suppress

from apps.core.background.outbox import record
from apps.core.background.relay import Step, subscribe
from apps.core.redis.client import RedisUnavailableError
from apps.players import actions as players
from apps.players.events import PlayersErased, PlayersMerged
from apps.unlocks import replay_cache
from apps.unlocks.events import RevocationContinues
from apps.unlocks.merging import lock_games_of, move_ledger
from apps.unlocks.models import Unlock
from apps.unlocks.revocations import go_on

# All that a player earns or has under way. Of revocations the players' ids stay, as the audit.
LEDGER = (
    *("unlock", "unlock_archive", "hardcore_unlock", "revoked_unlock", "revoked_hardcore_unlock", "imported_unlock"),
    *("progress", "progress_request"),
    *("sandbox_unlock", "sandbox_hardcore_unlock", "sandbox_progress", "sandbox_progress_request"),
)


@subscribe(RevocationContinues)
def continue_revocations(events: Sequence[RevocationContinues], step: Step) -> None:
    """Process the next chunk of each."""
    for event in events:
        go_on(revocation_id=event.revocation_id)


@subscribe(PlayersMerged)
def move_ledgers(events: Sequence[PlayersMerged], step: Step) -> None:
    """Move each merged player's unlocks to the surviving one, later if Redis is down."""
    lock_games_of([event.from_player_id for event in events])
    for event in events:
        try:
            move_ledger(from_player_id=event.from_player_id, into_player_id=event.into_player_id)
        except RedisUnavailableError:
            record([event])


@subscribe(PlayersErased)
def erase_ledgers(events: Sequence[PlayersErased], step: Step) -> None:
    """Delete what deleted players have earned; that of deleted accounts stays with their players."""
    whole = [player_id for event in events if event.is_whole for player_id in event.player_ids]
    earned = Unlock.objects.filter(player__in=whole)
    # Without Redis a repeat may be answered as if it were still there, for five minutes.
    with suppress(RedisUnavailableError):
        replay_cache.bury(earned.values_list("game_id", "player_id", "achievement_id"))
    players.erase(events, whole=LEDGER)
