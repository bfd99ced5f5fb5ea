"""What commands leave out at a terminal: whole SQL, which is for files."""

import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from apps.core.database import slow_statements
from apps.core.quiet_logs import hidden_below

# Commands whose log is what they are watched by; all others are for people.
_SERVERS = frozenset({"web", "relay"})


def hidden_statements() -> AbstractContextManager[None]:
    """Hide the log lines of slow statements."""
    return hidden_below(logging.CRITICAL, slow_statements.__name__)


def fit_for_people(arguments: Sequence[str]) -> AbstractContextManager[None]:
    """Hide the lines while manage.py runs with these arguments, if that is at a terminal and no server."""
    is_server = bool(_SERVERS.intersection(arguments[1:2]))
    return hidden_statements() if sys.stderr.isatty() and not is_server else nullcontext()
