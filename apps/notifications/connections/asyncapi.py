"""The live protocol as AsyncAPI 3: the frames of sockets and streams."""

from functools import cache
from typing import Any

from apps.core.parsing.values import COUNT_MAX
from apps.core.realtime.consumer import FRAMES_WAITING_MAX
from apps.core.realtime.event_stream import STREAM_HEARTBEAT_SECONDS
from apps.core.realtime.socket_closing import EXPLAINED, REASONS
from apps.core.realtime.socket_consumer import (
    FRAME_IN_CHARACTERS_MAX,
    FRAMES_IN_BURST,
    FRAMES_IN_PER_SECOND,
    HEARTBEAT_SECONDS,
    HEARTBEATS_MISSED_MAX,
)
from apps.notifications.connections.close_code_meanings import ENDINGS
from apps.notifications.connections.connection_limit import CONNECTIONS_MAX
from apps.notifications.connections.tickets import TICKET_SECONDS
from apps.notifications.kinds import KINDS

Schema = dict[str, Any]

SEQ: Schema = {"type": "integer", "minimum": 0, "maximum": COUNT_MAX}
_RESTORED = "Lower than requested if the server was restored from a backup: continue from here."
_INTRODUCTION = f"""
A player's events arrive as JSON, each with a number, `seq`, that counts 1, 2, 3 ... for the player. A lost
connection loses no events: reconnect with `since`, or send `resume`, and the missed ones arrive in order. A game's
client receives events of its own game only, so for it numbers may be missing.

Pages of this site need only their cookie. Everything else needs a ticket, which is valid for one connection within
{TICKET_SECONDS} seconds: POST /api/v1/players/{{player_id}}/socket-ticket. A player has at most {CONNECTIONS_MAX}
connections, and as many more in each game, opened by its server; the newest replaces the oldest. A connection ends
with the log-in, key, account or player that it was opened for, and with a token that is revoked.

A refused connection is opened and closed with a code and a reason that say why, as browsers learn nothing from a
refused handshake; it gets no hello, which is otherwise the first frame. Three handshakes are refused nevertheless, with
HTTP 403: from a page of another site without a ticket; to watch a board, from a page whose origin is not in
CORS_ALLOWED_ORIGINS; and without TLS where it is required.

A client may send {FRAMES_IN_BURST} frames in a burst and {FRAMES_IN_PER_SECOND:.0f} a second over time, each of at most
{FRAME_IN_CHARACTERS_MAX:,} characters. The server queues up to {FRAMES_WAITING_MAX} frames for a client.
""".strip()


@cache
def document() -> Schema:
    """Return the whole document; it includes every kind of notification."""
    sent = _messages(server_frames())
    received = _messages(client_frames())
    streamed = _messages(stream_frames())
    board = _messages(board_frames() | {"error": server_frames()["error"]})
    heartbeats = _messages({"heartbeat": client_frames()["heartbeat"]})
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Laurel: live events", "version": "1.0.0", "description": _INTRODUCTION},
        "defaultContentType": "application/json",
        "channels": {
            "notifications": {
                "address": "/ws/notifications/",
                "description": "A player's events by WebSocket.",
                "messages": sent | received,
                "bindings": {"ws": {"bindingVersion": "0.1.0", "query": _QUERY}},
            },
            "stream": {
                "address": "/api/v1/players/me/notifications/stream",
                "description": "A player's events as server-sent events: each frame is the data of a message, whose id "
                f"is the seq. A comment comes every {STREAM_HEARTBEAT_SECONDS} seconds at least.",
                "messages": streamed,
            },
            "board": _board_channel(board | heartbeats),
        },
        "operations": {
            "sendEvents": _operation("send", "notifications", sent),
            "receiveFrames": _operation("receive", "notifications", received),
            "sendBoardChanges": _operation("send", "board", board),
            "receiveBoardHeartbeats": _operation("receive", "board", heartbeats),
            "streamEvents": {
                **_operation("send", "stream", streamed),
                "bindings": {"http": {"bindingVersion": "0.3.0", "method": "GET", "query": _QUERY}},
            },
        },
        "components": {"schemas": {"CloseCode": _close_codes()}},
    }


def server_frames() -> dict[str, Schema]:
    """Return the schema of each frame that the server sends by socket, events by kind."""
    return {
        "hello": _frame(
            "hello", "Comes first.", heartbeat_interval=_seconds(), last_seq={**SEQ, "description": _RESTORED}
        ),
        "heartbeat_ack": _frame("heartbeat_ack", "If last_seq is above yours, send resume.", last_seq=SEQ),
        "error": _frame(
            "error",
            "Sent before a close that the client caused.",
            code={"enum": sorted(EXPLAINED.values())},
            detail={"type": "string", "description": "What to change; it names the parameter or member."},
        ),
        **{f"event.{kind}": _event(kind) for kind in KINDS},
    }


def client_frames() -> dict[str, Schema]:
    """Return the schema of each frame that a client may send."""
    silence = HEARTBEAT_SECONDS * HEARTBEATS_MISSED_MAX
    return {
        "heartbeat": _frame(
            "heartbeat", f"As often as hello says; {silence:.0f} seconds of silence end the connection."
        ),
        "resume": _frame("resume", "Request everything after this number again.", last_seq=SEQ),
        "ack": _frame("ack", "Everything up to here was seen. From a game's client it marks nothing as read.", seq=SEQ),
    }


def board_frames() -> dict[str, Schema]:
    """Return the schema of each frame that the server sends to watchers of a board."""
    return {
        "board.hello": _frame("hello", "Comes first.", heartbeat_interval=_seconds()),
        "board.heartbeat_ack": _frame("heartbeat_ack", "The connection is alive."),
        "board.changed": _frame(
            "board.changed",
            "At most four times a second; for a board with many watchers less often, and spread over time.",
        ),
    }


def stream_frames() -> dict[str, Schema]:
    """Return the schema of each frame of a stream: the socket's without responses, and the reason for its end."""
    responses = {"heartbeat_ack", "error"}
    ending = _frame("close", "Comes last, unless the connection breaks.", code={"enum": [end.code for end in ENDINGS]})
    return {name: frame for name, frame in server_frames().items() if name not in responses} | {"close": ending}


EXAMPLES: dict[str, Schema] = {
    "hello": {"type": "hello", "heartbeat_interval": HEARTBEAT_SECONDS, "last_seq": 41},
    "heartbeat_ack": {"type": "heartbeat_ack", "last_seq": 41},
    "error": {"type": "error", "code": "bad_frame", "detail": "type: Send one of heartbeat, resume, ack."},
    "board.hello": {"type": "hello", "heartbeat_interval": HEARTBEAT_SECONDS},
    "board.heartbeat_ack": {"type": "heartbeat_ack"},
    "board.changed": {"type": "board.changed"},
    "event.own_unlock": {
        "type": "event",
        "seq": 42,
        "kind": "own_unlock",
        "at": "2026-11-23T18:04:05.123456Z",
        "title": "First light",
        "body": "You earned 25 points in Hollow Tide.",
        "data": {
            "achievement": {
                "id": "01a20ad2-38e6-72cd-813a-f74946f8058f",
                "key": "ACH_FIRST_LIGHT",
                "name": "First light",
                "description": "Light the lamp.",
                "points": 25,
                "icon_url": None,
            },
            "game": {"id": "01a20ad2-38e6-72cd-813a-f74946f80590", "slug": "hollow-tide", "name": "Hollow Tide"},
            "unlocked_at": "2026-11-23T18:04:05.101202Z",
        },
    },
    "heartbeat": {"type": "heartbeat"},
    "resume": {"type": "resume", "last_seq": 41},
    "ack": {"type": "ack", "seq": 42},
    "close": {"type": "close", "code": 1012},
}

_QUERY: Schema = {
    "type": "object",
    "properties": {
        "ticket": {"type": "string", "description": "Where there is no cookie; single-use."},
        "since": {**SEQ, "description": "Start after this number; when left out, with new events."},
    },
}


def _board_channel(messages: dict[str, Schema]) -> Schema:
    return {
        "address": "/ws/boards/{scope}/",
        "description": "That a board has changed, by WebSocket: request the page you show again. It takes no "
        "credentials.",
        "parameters": {"scope": {"description": "A published game's id, or global for the platform's board."}},
        "messages": messages,
    }


def _frame(type_: str, description: str, **members: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": ["type", *members],
        "properties": {"type": {"const": type_}, **members},
        "additionalProperties": False,
    }


def _event(kind: str) -> Schema:
    about = " ".join((KINDS[kind].__doc__ or "").split())
    schema = _frame(
        "event",
        about,
        seq={"type": "integer", "minimum": 1},
        kind={"const": kind},
        at={"type": "string", "format": "date-time"},
        title={"type": "string"},
        body={"type": "string"},
        data={"type": "object", "description": about},
    )
    quiet = {
        "type": "boolean",
        "description": "The player wants no toast for it; count and acknowledge it as any other.",
    }
    return {**schema, "properties": {**schema["properties"], "quiet": quiet}}


def _seconds() -> Schema:
    return {"type": "integer", "minimum": 1, "description": "Seconds."}


def _messages(frames: dict[str, Schema]) -> dict[str, Schema]:
    return {
        name: {
            "name": name,
            "summary": frame["description"],
            "payload": frame,
            **({"examples": [{"payload": EXAMPLES[name]}]} if name in EXAMPLES else {}),
        }
        for name, frame in frames.items()
    }


def _operation(action: str, channel: str, messages: dict[str, Schema]) -> Schema:
    references = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages]
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "messages": references}


def _close_codes() -> Schema:
    """Return the close codes with explanations."""
    return {
        "description": "Why a connection ended. After a final one, connecting again would end the same way. A socket's "
        "close frame has x-reason as its reason, or a sentence that is more exact.",
        "oneOf": [
            {
                "const": end.code,
                "description": f"{end.meaning} {end.remedy}",
                "x-final": end.is_final,
                **({"x-reason": str(REASONS[end.code])} if end.code in REASONS else {}),
            }
            for end in ENDINGS
        ],
    }
