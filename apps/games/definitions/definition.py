"""The authored part of a game or an achievement, whether from a form, an import or a script."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AchievementDefinition:
    """The authored part of an achievement, apart from its icons, state and order."""

    key: str
    name: str
    points: int
    description: str = ""
    is_hidden: bool = False
    kind: str = "one_shot"
    # Steps to completion, for incremental achievements only.
    target: int | None = None
    setter: str = "server"
    # The key of its set.
    set: str = "base"


@dataclass(frozen=True, slots=True)
class SetDefinition:
    """The authored part of a set, apart from its icon and order; times are an event's only."""

    key: str
    title: str
    kind: str = "dlc"
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GameDefinition:
    """The authored part of a game; colours are #rrggbb or empty, an empty slug is made from the name."""

    name: str
    slug: str = ""
    tagline: str = ""
    description: str = ""
    accent: str = ""
    accent_dark: str = ""
    default_setter: str = "server"
    # Whether achievements can be earned in hardcore, too.
    has_modes: bool = False
    # Whether its boards count what only a client vouched for, and members of its studio.
    is_ranking_clients: bool = True
    is_ranking_members: bool = False
