"""Keeps personal values and secrets out of logs. Error messages contain both, and paths contain addresses."""

import re
import sys
import traceback
from typing import Any

EventDict = Any

# Their messages are about machines or code; those of all others may quote input or stored data.
_SPOKEN = (OSError, ImportError, AttributeError, NameError)
_SPOKEN_NAMES = {"OperationalError", "InterfaceError", "PoolTimeout", "RedisUnavailableError", "BreakerOpenError"}
# Email addresses, and credentials in the URL of a server.
_address = re.compile(r"[^\s@\"'<>(){}\[\],=/]+@[^\s@\"'<>(){}\[\],/]+")
_detail = re.compile(r"\s*(?:DETAIL|CONTEXT|HINT|LINE \d+):.*", re.DOTALL)

# Before the name of what Django refused as suspicious.
_SECURITY = "django.security."
# The header that Django quotes where a form came from elsewhere.
_origin = re.compile(r"(?<=checking failed - ).*(?= does not match any trusted origins)")


def name_refusal(_: Any, __: str, event: EventDict) -> EventDict:
    """Say of a request that Django refused only what kind it was: its words quote what was sent, such as Host.

    It is no error of ours, whatever Django's level: anybody can send one. So it has no traceback either.
    """
    record = event.get("_record")
    name = getattr(record, "name", "")
    if name == f"{_SECURITY}csrf":
        event["event"] = _origin.sub("[its value]", str(event["event"]))
    elif name.startswith(_SECURITY):
        path = getattr(getattr(record, "request", None), "path", "")
        event |= {"event": f"Refused ({name.removeprefix(_SECURITY)}): {path}", "level": "warning"}
        event.pop("exc_info", None)
    return event


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


def format_errors(_: Any, __: str, event: EventDict) -> EventDict:
    """Add the traceback as text, with messages only of errors that quote no data."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info if isinstance(exc_info, BaseException) else exc_info[1] if exc_info else None
    if error is not None:
        event["exception"] = "\n".join(_lines(error, set()))
    return event


def mask_addresses(_: Any, __: str, event: EventDict) -> EventDict:
    """Mask what looks like an address, and PostgreSQL's quotations, anywhere."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _address.sub("[address]", value if name == "exception" else _detail.sub("", value))
    return event


def _lines(error: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [] if before is None or id(before) in seen else [*_lines(before, seen), "", "Upon which:", ""]
    lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    return [*lines, _message_of(error)]


def _message_of(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    is_spoken = isinstance(error, _SPOKEN) or type(error).__name__ in _SPOKEN_NAMES
    return f"{kind}: {_detail.sub('', str(error))}" if is_spoken else f"{kind}: [its words may quote people]"
