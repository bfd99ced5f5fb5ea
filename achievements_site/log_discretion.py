"""Keeps personal values and secrets out of logs. Error messages contain both, and paths contain addresses."""

import re
import sys
import traceback
from typing import Any

EventDict = Any

# Their messages are about machines or code; those of all others may quote input or stored data.
_SPOKEN = (OSError, ImportError, AttributeError, NameError)
_SPOKEN_NAMES = {"OperationalError", "InterfaceError", "PoolTimeout", "RedisUnavailableError", "BreakerOpenError"}
# Also what a frozen server makes of a wait, and redis-py's errors of these names.
_UNREACHABLE_NAMES = {*_SPOKEN_NAMES, "ConnectionError", "TimeoutError"}
# SQLSTATEs of a PostgreSQL that goes, starts or has no connection left. With any other it has answered, and the place
# in the code matters: a statement took too long, or two waited for each other.
_UNREACHABLE_SQLSTATES = ("08", "57P", "53300")
# Email addresses, and credentials in the URL of a server.
_address = re.compile(r"[^\s@\"'<>(){}\[\],=/]+@[^\s@\"'<>(){}\[\],/]+")
_detail = re.compile(r"\s*(?:DETAIL|CONTEXT|HINT|LINE \d+):.*", re.DOTALL)


def name_route(_: Any, __: str, event: EventDict) -> EventDict:
    """Replace a request's path, which may contain a handle or a link's key, by its route."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    path = getattr(request, "path", "")
    if len(path) > 1:
        match = getattr(request, "resolver_match", None)
        event["event"] = str(event["event"]).replace(path, f"/{match.route}" if match else "[no route]")
    return event


def redact_tasks(_: Any, __: str, event: EventDict) -> EventDict:
    """Drop the error message and the arguments from Celery's report of a failed task."""
    record = event.get("_record")
    arguments = event.pop("positional_args", None)
    if record is not None and isinstance(arguments, dict) and "exc" in arguments:
        kind = str(arguments["exc"]).partition("(")[0].strip("<>")
        event["event"] = record.msg % {**arguments, "exc": kind, "args": "", "kwargs": "", "traceback": ""}
    return event


def shorten_outages(_: Any, __: str, event: EventDict) -> EventDict:
    """Make a warning of one line of an error that says that PostgreSQL, Redis or the broker can't be reached.

    Every loop and task meets it in an outage, those of libraries as well, and a traceback adds nothing.
    """
    error = _error_of(event)
    if error is not None and _is_outage(error):
        event["exc_info"] = None
        event |= {
            "event": str(event["event"]).partition("\n")[0],
            "level": "warning",
            "error": _message_of(error)[:200],
        }
    return event


def format_errors(_: Any, __: str, event: EventDict) -> EventDict:
    """Add the traceback as text, with messages only of errors that quote no data."""
    error = _error_of(event)
    event.pop("exc_info", None)
    if error is not None:
        event["exception"] = "\n".join(_lines(error, set()))
    return event


def mask_addresses(_: Any, __: str, event: EventDict) -> EventDict:
    """Mask what looks like an address, and PostgreSQL's quotations, anywhere."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _address.sub("[address]", value if name == "exception" else _detail.sub("", value))
    return event


def _error_of(event: EventDict) -> BaseException | None:
    exc_info = event.get("exc_info")
    if exc_info is True:
        exc_info = sys.exc_info()
    found: BaseException | None = exc_info if isinstance(exc_info, BaseException) else exc_info[1] if exc_info else None
    return found


def _is_outage(error: BaseException) -> bool:
    sqlstate = getattr(error.__cause__ or error, "sqlstate", None)
    return bool(_names_of(error) & _UNREACHABLE_NAMES) and (
        sqlstate is None or sqlstate.startswith(_UNREACHABLE_SQLSTATES)
    )


def _names_of(error: BaseException) -> set[str]:
    """Return the names of its class and of those above it: settings configure logging before these can be imported."""
    return {kind.__name__ for kind in type(error).__mro__}


def _lines(error: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [] if before is None or id(before) in seen else [*_lines(before, seen), "", "Upon which:", ""]
    lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    return [*lines, _message_of(error)]


def _message_of(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    is_spoken = isinstance(error, _SPOKEN) or bool(_names_of(error) & _UNREACHABLE_NAMES)
    return f"{kind}: {_detail.sub('', str(error))}" if is_spoken else f"{kind}: [its words may quote people]"
