"""Close codes: why connections end, for programs."""

from enum import IntEnum


class CloseCode(IntEnum):
    RESTART = 1012
    TRY_LATER = 1013
    BAD_FRAME = 4400
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    HEARTBEAT_MISSED = 4408
    REPLACED = 4409
    FRAME_TOO_LARGE = 4413
    TOO_MANY_FRAMES = 4429


class SocketClosedError(Exception):
    """The connection ends, for the reason its code names; `detail` is a sentence for the client's author."""

    def __init__(self, code: CloseCode, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail or code.name)


# The code of the error frame sent before closing, where the client's author has to act.
EXPLAINED = {
    CloseCode.BAD_FRAME: "bad_frame",
    CloseCode.FRAME_TOO_LARGE: "frame_too_large",
    CloseCode.TOO_MANY_FRAMES: "too_many_frames",
}
# RFC 6455, 5.5: a control frame has 125 bytes, two of which are the code.
_REASON_BYTES_MAX = 123
# Of a name that a client sent.
_NAME_CHARACTERS_MAX = 64


def bad_frame(name: str, sentence: str) -> SocketClosedError:
    """Return what ends a connection for one of its parameters or members, by name."""
    return SocketClosedError(CloseCode.BAD_FRAME, f"{name[:_NAME_CHARACTERS_MAX]}: {sentence}")


def reason_of(detail: str) -> str:
    """Return as much of a detail as a close frame holds."""
    return detail.encode()[:_REASON_BYTES_MAX].decode(errors="ignore")
