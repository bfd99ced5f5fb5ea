"""The frame of a notification on a socket, the same whether pushed or read later."""

from datetime import datetime

import orjson

from apps.notifications.kinds import KINDS


def event_frame(seq: int, kind: str, created_at: datetime, payload: bytes, *, is_quiet: bool) -> str:
    """Return the frame of a notification whose payload is already JSON; a quiet one says so."""
    data = orjson.loads(payload)
    frame = {
        "type": "event",
        "seq": seq,
        "kind": kind,
        "at": created_at,
        "title": KINDS[kind].title(data),
        "body": KINDS[kind].body(data),
        "data": orjson.Fragment(payload),
    }
    if is_quiet:
        frame["quiet"] = True
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z).decode()
