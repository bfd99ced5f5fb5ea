"""URLs of boards' pages, built in one place so that every link keeps the current choices."""

from dataclasses import dataclass
from urllib.parse import urlencode

from apps.leaderboards.boards.modes import Mode
from apps.leaderboards.models import Window


@dataclass(frozen=True, slots=True)
class BoardLink:
    """A board's page: a game's slug or `global`, a window, a region (empty for everywhere), a page and a mode."""

    slug: str = "global"
    window: str = Window.ALL.value
    region: str = ""
    page: int = 1
    mode: str = Mode.CASUAL.value

    @property
    def path(self) -> str:
        """Return its path with only the parameters that differ from the defaults."""
        chosen = {"mode": self.mode, "window": self.window, "region": self.region, "page": self.page}
        first = {"mode": Mode.CASUAL.value, "window": Window.ALL.value, "region": "", "page": 1}
        query = urlencode({name: value for name, value in chosen.items() if value != first[name]})
        return f"/leaderboards/{self.slug}/{'?' if query else ''}{query}"
