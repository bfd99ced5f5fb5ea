"""Where the page of a board is: the one place that builds its address, so that every link keeps what was chosen."""

from dataclasses import dataclass
from urllib.parse import urlencode

from apps.leaderboards.models import Window


@dataclass(frozen=True, slots=True)
class BoardLink:
    """The page of a board: a game's slug or `global`, a window, a region (empty for everywhere) and a page."""

    slug: str = "global"
    window: str = Window.ALL.value
    region: str = ""
    page: int = 1

    @property
    def path(self) -> str:
        """Return its address, with what differs from the first choice alone."""
        chosen = {"window": self.window, "region": self.region, "page": self.page}
        first = {"window": Window.ALL.value, "region": "", "page": 1}
        query = urlencode({name: value for name, value in chosen.items() if value != first[name]})
        return f"/leaderboards/{self.slug}/{'?' if query else ''}{query}"
