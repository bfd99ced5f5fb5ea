"""The demo's games, read from games/*.json; those in games/unpublished are in development."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "games"
# The game that scripts and the printed curl command use.
KEYED_GAME = "tidebound"
# The one that can be played in hardcore, too.
GAME_WITH_MODES = "ember-and-ash"
# The one that is shipped with a publishable key: part of its achievements is set by devices.
SHIPPED_GAME = "moss-garden"


@dataclass(frozen=True, slots=True)
class DemoAchievement:
    """An achievement as authored; `share` of players should earn it, 0 to 1."""

    key: str
    name: str
    description: str
    points: int
    is_hidden: bool
    kind: str
    target: int | None
    motif: str
    share: float
    set: str
    setter: str


@dataclass(frozen=True, slots=True)
class DemoSet:
    """A set beside the base set; an event opens and closes days from the start of the demo."""

    key: str
    kind: str
    title: str
    opens_in_days: int | None = None
    closes_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class DemoGame:
    """A game as authored, with the colours and the style of its art."""

    slug: str
    name: str
    tagline: str
    description: str
    studio: str
    accent: str
    accent_dark: str
    style: str
    has_modes: bool
    sets: tuple[DemoSet, ...]
    achievements: tuple[DemoAchievement, ...]
    # What its studio works on: new achievements, and changed members of published ones by key.
    drafts: tuple[DemoAchievement, ...]
    edits: Mapping[str, Mapping[str, Any]]

    @property
    def drawn(self) -> tuple[DemoAchievement, ...]:
        """What needs icons."""
        return self.achievements + self.drafts


@cache
def demo_games() -> tuple[DemoGame, ...]:
    """Return the published games, the keyed one first, the others by slug."""
    return tuple(sorted(_games_in(FOLDER), key=lambda title: (title.slug != KEYED_GAME, title.slug)))


@cache
def unpublished_games() -> tuple[DemoGame, ...]:
    """Return the games that their studio has not published yet."""
    return tuple(_games_in(FOLDER / "unpublished"))


def _games_in(folder: Path) -> list[DemoGame]:
    return [_game(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]


def _game(document: dict[str, Any]) -> DemoGame:
    game = document["game"]
    return DemoGame(
        slug=game["slug"],
        name=game["name"],
        tagline=game["tagline"],
        description=game["description"],
        studio=game["studio"],
        accent=game["palette"]["accent"],
        accent_dark=game["palette"]["accent_dark"],
        style=game["style"],
        has_modes=game.get("has_modes", False),
        sets=tuple(DemoSet(**item) for item in document.get("sets", [])),
        achievements=tuple(_achievement(item) for item in document["achievements"]),
        drafts=tuple(_achievement(item) for item in document.get("drafts", [])),
        edits=document.get("edits", {}),
    )


def _achievement(item: dict[str, Any]) -> DemoAchievement:
    return DemoAchievement(
        key=item["key"],
        name=item["name"],
        description=item["description"],
        points=item["points"],
        is_hidden=item["hidden"],
        kind=item["kind"],
        target=item.get("target"),
        motif=item["motif"],
        share=item.get("share", 0.0),
        set=item.get("set", "base"),
        setter=item.get("setter", "server"),
    )
