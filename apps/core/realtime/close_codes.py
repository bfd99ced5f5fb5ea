"""Why connections end: the codes of close frames, as programs read them and as people do."""

from dataclasses import dataclass
from enum import IntEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


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


@dataclass(frozen=True, slots=True)
class Ending:
    """What a code tells a client's author; after a final one, connecting again would end the same way."""

    code: int
    meaning: Promise
    remedy: Promise
    is_final: bool = False


# Those of CloseCode and, where an entry says so, those that the server under us sends by itself.
ENDINGS = (
    Ending(
        1009,
        gettext_lazy("A frame of over 64 KB; sent by the server before we read it."),
        gettext_lazy("Send less."),
        is_final=True,
    ),
    Ending(
        1011,
        gettext_lazy("No answer to a WebSocket ping for 20 seconds; sent by the server."),
        gettext_lazy("Connect again."),
    ),
    Ending(
        CloseCode.RESTART,
        gettext_lazy("The server restarts."),
        gettext_lazy("Connect again after a random moment, and resume."),
    ),
    Ending(
        CloseCode.TRY_LATER,
        gettext_lazy(
            "Too slow a reader, with over 256 frames waiting; too many boards watched from one address, or by all; or "
            "what the server needs is away."
        ),
        gettext_lazy("Connect again later, and resume: nothing is lost."),
    ),
    Ending(
        CloseCode.BAD_FRAME,
        gettext_lazy("A frame or a since that means nothing."),
        gettext_lazy("Mend the client."),
        is_final=True,
    ),
    Ending(
        CloseCode.NOT_AUTHENTICATED,
        gettext_lazy("No session or ticket that is good; or, later, logged out, banned, the key revoked."),
        gettext_lazy("Get a new ticket, or log in; give up when that is refused."),
        is_final=True,
    ),
    Ending(
        CloseCode.FORBIDDEN,
        gettext_lazy("Not for this account, as it plays nothing, say; or no board that may be seen."),
        gettext_lazy("Give up."),
        is_final=True,
    ),
    Ending(
        CloseCode.HEARTBEAT_MISSED,
        gettext_lazy("Silent for two and a half heartbeats."),
        gettext_lazy("Connect again, and resume."),
    ),
    Ending(
        CloseCode.REPLACED,
        gettext_lazy("The player opened a sixth connection, and this was the oldest."),
        gettext_lazy("Leave it to the newer ones."),
        is_final=True,
    ),
    Ending(
        CloseCode.FRAME_TOO_LARGE,
        gettext_lazy("A frame of over 4,096 characters."),
        gettext_lazy("Mend the client."),
        is_final=True,
    ),
    Ending(
        CloseCode.TOO_MANY_FRAMES,
        gettext_lazy("Over 20 frames at once, or 2 a second for long."),
        gettext_lazy("Connect again after at least four seconds, and say less."),
    ),
)
# Said before the close, as it is the client's author who has to do something.
EXPLAINED = {
    CloseCode.BAD_FRAME: '{"type":"error","code":"bad_frame"}',
    CloseCode.FRAME_TOO_LARGE: '{"type":"error","code":"frame_too_large"}',
    CloseCode.TOO_MANY_FRAMES: '{"type":"error","code":"too_many_frames"}',
}
