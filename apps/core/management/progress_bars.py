"""The bars with which commands show how far they are."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from tqdm import tqdm

from apps.core.management.terminals import hidden_statements


@contextmanager
def progress_bar(*, unit: str, total: int | None = None, desc: str | None = None, leave: bool = True) -> Iterator[Any]:
    """Draw a bar on a terminal, and nothing elsewhere.

    A command with a bar is expected to run long statements. Their log lines would tear the bar, and are for files: they
    are logged where none is drawn.
    """
    bar = tqdm(total=total, desc=desc, unit=f" {unit}", leave=leave, disable=None)
    with bar, nullcontext() if bar.disable else hidden_statements():
        yield bar
