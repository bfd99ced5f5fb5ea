"""The output of `run`: one line per step with its duration, on a terminal or without one."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

BOLD, DIM, GREEN, RED = "1", "2", "32", "31"
# Without a terminal, progress is printed at this interval.
SAY_SECONDS = 15


class ConsoleStep:
    """A running step; `detail` shows its progress, `note` stays beside its title."""

    def __init__(self, console: "Console", title: str) -> None:
        self._console = console
        self.title = title
        self.note = ""
        self._began = time.monotonic()
        self._shown_at = 0
        self._say_at = SAY_SECONDS

    def detail(self, text: str) -> None:
        """Show progress; call repeatedly."""
        self._console.rewrite(f"  … {self.title}  {text}")
        self._say_now_and_then(text)

    def waiting_for(self, what: str) -> None:
        """Show what it is waiting for and since when; call repeatedly."""
        seconds = self._seconds
        if seconds != self._shown_at:
            self._shown_at = seconds
            self._console.rewrite(f"  … {self.title}  {what} ({seconds} s)")
        self._say_now_and_then(f"still waiting for {what}")

    @property
    def _seconds(self) -> int:
        return int(time.monotonic() - self._began)

    def _say_now_and_then(self, text: str) -> None:
        if self._seconds >= self._say_at:
            self._say_at = self._seconds + SAY_SECONDS
            self._console.say_without_terminal(f"  {self.title}: {text} ({self._seconds} s)")


class Console:
    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._is_terminal = self._stream.isatty()
        self._is_coloured = self._is_terminal and "NO_COLOR" not in os.environ
        encoding = (getattr(self._stream, "encoding", None) or "ascii").lower()
        self._marks = ("✓", "✗") if encoding.startswith("utf") else ("ok", "failed")

    def say(self, text: str = "") -> None:
        encoding = getattr(self._stream, "encoding", None) or "ascii"
        self._write(f"{text}\n".encode(encoding, "replace").decode(encoding))

    def _write(self, text: str) -> None:
        # A full disk or a closed terminal is no reason to stop what runs.
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()

    def paint(self, colour: str, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._is_coloured else text

    def rewrite(self, text: str) -> None:
        """Replace the current line on a terminal; does nothing elsewhere."""
        if self._is_terminal:
            width = max(20, os.get_terminal_size(self._stream.fileno()).columns)
            self._write(f"\r\033[K{text[: width - 1]}")

    def say_without_terminal(self, text: str) -> None:
        if not self._is_terminal:
            self.say(text)

    @contextmanager
    def step(self, title: str) -> Iterator[ConsoleStep]:
        """Show the title while the step runs, then its result and duration."""
        step = ConsoleStep(self, title)
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
