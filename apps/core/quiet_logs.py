"""Hides log lines while something else has the terminal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden_below(level: int, name: str) -> Iterator[None]:
    """Hide a module's log lines below a level."""
    logger = logging.getLogger(name)
    former = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(former)
