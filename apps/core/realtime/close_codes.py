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
    """The connection ends, for the reason its code names."""

    def __init__(self, code: CloseCode) -> None:
        self.code = code
        super().__init__(code.name)


# Sent before closing, as the client's author has to act.
EXPLAINED = {
    CloseCode.BAD_FRAME: '{"type":"error","code":"bad_frame"}',
    CloseCode.FRAME_TOO_LARGE: '{"type":"error","code":"frame_too_large"}',
    CloseCode.TOO_MANY_FRAMES: '{"type":"error","code":"too_many_frames"}',
}
