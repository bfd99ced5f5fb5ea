"""Figures of each web process of a command, for whichever of them answers Prometheus."""

import asyncio
from collections.abc import Callable, Sequence

from apps.core.web_processes.place import place
from apps.core.web_processes.shared_memory import shared_memory

# How old another process's figures may be.
PUBLISHED_SECONDS = 1.0


class ProcessFigures:
    """This process's figures, `read` as of now, and those that the others have published."""

    def __init__(self, read: Callable[[], Sequence[float]]) -> None:
        self._read = read
        self._place, self._memory = place(), shared_memory()

    def all(self) -> dict[str, Sequence[float]]:
        """Return the figures by the process's number; those of a process that was started anew begin at 0."""
        own = self._read()
        if self._memory is None or self._place is None:
            return {"1": own}
        published: dict[str, Sequence[float]] = {
            str(number): figures for number, figures in self._memory.published(len(own))
        }
        return published | {str(self._place.number): own}

    def start_publishing(self) -> None:
        """Publish on this loop from now on, where there are others."""
        if self._memory is not None and self._place is not None:
            self._memory.publish(self._place.number, self._read())
            asyncio.get_running_loop().call_later(PUBLISHED_SECONDS, self.start_publishing)
