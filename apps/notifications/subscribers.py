"""What players and studios are told of events."""

from collections.abc import Sequence
from functools import partial

from apps.core.background import dispatcher
from apps.core.background.relay import Step, closer, subscribe
from apps.leaderboards.events import GameCompleted, RankOvertaken, WindowClosed
from apps.notifications import delivery
from apps.notifications.connections import push
from apps.notifications.friends import fan_out
from apps.notifications.kinds import game_completed, new_follower, own_unlock, rank_overtaken, season_medal
from apps.notifications.kinds.base import Note
from apps.players.events import PlayerFollowed
from apps.unlocks.events import AchievementUnlocked, SandboxAchievementUnlocked


@subscribe(AchievementUnlocked)
def tell_player(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Tell players what they have earned."""
    step.collect(tell, own_unlock.notes_of(events))


@subscribe(AchievementUnlocked)
def tell_friends(events: Sequence[AchievementUnlocked], step: Step) -> None:
    """Have a worker tell the followers, with one message for all of a step."""
    if fan_out.note_unlocks(events):
        step.after_commit.append(partial(dispatcher.ask, fan_out.NAME))


@subscribe(GameCompleted)
def tell_of_completions(events: Sequence[GameCompleted], step: Step) -> None:
    """Tell players that they have earned all of a game."""
    step.collect(tell, game_completed.notes_of(events))


@subscribe(RankOvertaken)
def tell_overtaken(events: Sequence[RankOvertaken], step: Step) -> None:
    """Tell players who went past them."""
    step.collect(tell, rank_overtaken.notes_of(events))


@subscribe(WindowClosed)
def tell_medals(events: Sequence[WindowClosed], step: Step) -> None:
    """Tell the best of a window that is over."""
    step.collect(tell, season_medal.notes_of(events))


@subscribe(PlayerFollowed)
def tell_followed(events: Sequence[PlayerFollowed], step: Step) -> None:
    """Tell players who follows them."""
    step.collect(tell, new_follower.notes_of(events))


@subscribe(AchievementUnlocked)
@subscribe(SandboxAchievementUnlocked)
def tell_portal(events: Sequence[AchievementUnlocked | SandboxAchievementUnlocked], step: Step) -> None:
    """Have the live tails of the games look again, once a step."""
    step.messages.append(partial(push.tail_hints, {event.game_id for event in events}))


@closer
def tell(notes: list[Note], step: Step) -> None:
    """Keep what players are told of a step's events, and push it once it is committed."""
    step.messages.append(partial(push.pushes, delivery.tell(notes)))
