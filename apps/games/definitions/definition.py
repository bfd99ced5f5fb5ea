"""What an author says of a game or an achievement, wherever it comes from: a form, an import, a script."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AchievementDefinition:
    """All that is authored of an achievement but its icons, state and place."""

    key: str
    name: str
    points: int
    description: str = ""
    is_hidden: bool = False
    kind: str = "one_shot"
    # Steps to go, of incremental achievements only.
    target: int | None = None
    setter: str = "server"


@dataclass(frozen=True, slots=True)
class GameDefinition:
    """All that is authored of a game; colours are #rrggbb or empty, an empty slug is made from the name."""

    name: str
    slug: str = ""
    tagline: str = ""
    description: str = ""
    accent: str = ""
    accent_dark: str = ""
    default_setter: str = "server"
