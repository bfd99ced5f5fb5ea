"""Notifications of events, for players and for live pages of studios."""

from collections.abc import Sequence
from functools import partial

from apps.core.background import dispatcher
from apps.core.background.relay import Step, batch_writer, subscribe
from apps.core.database.sql import change_rows
from apps.leaderboards.events import GameCompleted, RankOvertaken, WindowClosed
from apps.notifications import delivery
from apps.notifications.connections import push
from apps.notifications.friends import fan_out
from apps.notifications.kinds import game_completed, new_follower, own_unlock, rank_overtaken, season_medal
from apps.notifications.kinds.base import Note
from apps.players.actions import erase
from apps.players.events import PlayerFollowed, PlayersErased
from apps.unlocks.events import AchievementUnlocked, HardcoreEarned, SandboxAchievementUnlocked

_OF_READERS = (
    *("inbox", "notification", "notification_dedupe_key", "notification_preference", "email_digest"),
    *("fan_out_entry", "friend_rate_limit", "friend_waiting"),
)


@subscribe(AchievementUnlocked)
def notify_player(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Notify players of their own unlocks."""
    step.collect(deliver_notes, own_unlock.notes_of(events))


@subscribe(HardcoreEarned)
def notify_in_hardcore(events: Sequence[HardcoreEarned], step: Step) -> None:
    """Notify players of the hardcore mode of what they had earned already; followers are not notified of it."""
    step.collect(deliver_notes, own_unlock.hardcore_notes_of(events))


@subscribe(AchievementUnlocked)
def notify_followers(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Enqueue unlocks for followers, with one message to a worker for the whole step."""
    if fan_out.enqueue_unlocks(events):
        step.after_commit.append(partial(dispatcher.dispatch, fan_out.NAME))


@subscribe(GameCompleted)
def notify_of_completions(events: Sequence[GameCompleted], step: Step) -> None:
    """Notify players who completed a game."""
    step.collect(deliver_notes, game_completed.notes_of(events))


@subscribe(RankOvertaken)
def notify_overtaken(events: Sequence[RankOvertaken], step: Step) -> None:
    """Notify players of rivals who overtook them."""
    step.collect(deliver_notes, rank_overtaken.notes_of(events))


@subscribe(WindowClosed)
def notify_medalists(events: Sequence[WindowClosed], step: Step) -> None:
    """Notify the best players of a closed window."""
    step.collect(deliver_notes, season_medal.notes_of(events))


@subscribe(PlayerFollowed)
def notify_followed(events: Sequence[PlayerFollowed], step: Step) -> None:
    """Notify players of new followers."""
    step.collect(deliver_notes, new_follower.notes_of(events))


@subscribe(AchievementUnlocked)
@subscribe(SandboxAchievementUnlocked)
@subscribe(HardcoreEarned)
def refresh_live_tails(
    events: Sequence[AchievementUnlocked | SandboxAchievementUnlocked | HardcoreEarned], step: Step
) -> None:
    """Refresh the games' live tails, once a step."""
    step.messages.append(partial(push.tail_hints, {event.game_id for event in events}))


@subscribe(PlayersErased)
def erase_inboxes(events: Sequence[PlayersErased], step: Step) -> None:
    """Delete the players' inboxes, choices and mails, and what still waits for friends of theirs."""
    erase(events, always=_OF_READERS)
    ids = [player_id for event in events for player_id in event.player_ids]
    change_rows("DELETE FROM friend_waiting WHERE friend_id = ANY (%s)", [ids])


@batch_writer
def deliver_notes(notes: list[Note], step: Step) -> None:
    """Store the notifications of a step, and push them after its commit."""
    step.messages.append(partial(push.pushes, delivery.deliver(notes)))
