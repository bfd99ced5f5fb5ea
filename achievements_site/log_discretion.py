"""What logs may not hold: personal values and secrets. Errors carry both in their words, and addresses in paths."""

import re
import sys
import traceback
from typing import Any

EventDict = Any

# Their words are about machines or code; the words of all others may quote what was sent or stored.
_SPOKEN = (OSError, ImportError, AttributeError, NameError)
_SPOKEN_NAMES = {"OperationalError", "InterfaceError", "PoolTimeout", "RedisAwayError", "BreakerOpenError"}
# Mail addresses, and what stands before the host in the URL of a server.
_address = re.compile(r"[^\s@\"'<>(){}\[\],=/]+@[^\s@\"'<>(){}\[\],/]+")
_detail = re.compile(r"\s*(?:DETAIL|CONTEXT|HINT|LINE \d+):.*", re.DOTALL)


def name_route(_: Any, __: str, event: EventDict) -> EventDict:
    """Name the route of a request, not its path, which may hold a handle or the key of a link."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    path = getattr(request, "path", "")
    if len(path) > 1:
        match = getattr(request, "resolver_match", None)
        event["event"] = str(event["event"]).replace(path, f"/{match.route}" if match else "[no route]")
    return event


def hush_tasks(_: Any, __: str, event: EventDict) -> EventDict:
    """Leave the error's words and the arguments out of what Celery says of a task that failed."""
    record = event.get("_record")
    told = event.pop("positional_args", None)
    if record is not None and isinstance(told, dict) and "exc" in told:
        kind = str(told["exc"]).partition("(")[0].strip("<>")
        event["event"] = record.msg % {**told, "exc": kind, "args": "", "kwargs": "", "traceback": ""}
    return event


def format_errors(_: Any, __: str, event: EventDict) -> EventDict:
    """Add the traceback as text, with the words only of errors that quote nobody."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info if isinstance(exc_info, BaseException) else exc_info[1] if exc_info else None
    if error is not None:
        event["exception"] = "\n".join(_lines(error, set()))
    return event


def cover_addresses(_: Any, __: str, event: EventDict) -> EventDict:
    """Cover what looks like an address, and PostgreSQL's quotations, wherever they stand."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _address.sub("[address]", value if name == "exception" else _detail.sub("", value))
    return event


def _lines(error: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [] if before is None or id(before) in seen else [*_lines(before, seen), "", "Upon which:", ""]
    lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    return [*lines, _told(error)]


def _told(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    is_spoken = isinstance(error, _SPOKEN) or type(error).__name__ in _SPOKEN_NAMES
    return f"{kind}: {_detail.sub('', str(error))}" if is_spoken else f"{kind}: [its words may quote people]"
