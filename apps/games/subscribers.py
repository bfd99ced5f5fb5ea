"""Effects of changes of games on what is cached of them."""

from collections.abc import Sequence
from functools import partial

from apps.core.background.relay import Step, subscribe
from apps.games.cache_versions import touch_games_now
from apps.games.events import GameChanged


@subscribe(GameChanged)
def drop_cached_games(events: Sequence[GameChanged], step: Step) -> None:
    """Drop what is cached of the games, should the process that changed them have ended before it did."""
    step.after_commit.append(partial(touch_games_now, {event.game_id for event in events}))
