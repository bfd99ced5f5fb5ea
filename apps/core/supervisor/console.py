"""What `run` shows: one line a step with the time it took, calm with and without a terminal."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

BOLD, DIM, GREEN, RED = "1", "2", "32", "31"


class Step:
    """A step under way; `detail` shows how far it is, `note` what stays beside its title."""

    def __init__(self, console: "Console", title: str) -> None:
        self._console = console
        self.title = title
        self.note = ""

    def detail(self, text: str) -> None:
        self._console.rewrite(f"  … {self.title}  {text}")


class Console:
    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._is_terminal = self._stream.isatty()
        self._is_coloured = self._is_terminal and "NO_COLOR" not in os.environ
        encoding = (getattr(self._stream, "encoding", None) or "ascii").lower()
        self._marks = ("✓", "✗") if encoding.startswith("utf") else ("ok", "failed")

    def say(self, text: str = "") -> None:
        encoding = getattr(self._stream, "encoding", None) or "ascii"
        self._stream.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
        self._stream.flush()

    def paint(self, colour: str, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._is_coloured else text

    def rewrite(self, text: str) -> None:
        """Replace the current line of a terminal; elsewhere nothing, since there is no line to come back to."""
        if self._is_terminal:
            width = max(20, os.get_terminal_size(self._stream.fileno()).columns)
            self._stream.write(f"\r\033[K{text[: width - 1]}")
            self._stream.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show the title while it is under way, and afterwards how it went and how long it took."""
        step = Step(self, title)
        began = time.monotonic()
        step.detail("")
        try:
            yield step
        except BaseException:
            self.rewrite("")
            self.say(f"  {self.paint(RED, self._marks[1])} {title}")
            raise
        self.rewrite("")
        took = self.paint(DIM, f"{time.monotonic() - began:.1f} s")
        note = f"  {step.note}" if step.note else ""
        self.say(f"  {self.paint(GREEN, self._marks[0])} {title}{note}  {took}")
