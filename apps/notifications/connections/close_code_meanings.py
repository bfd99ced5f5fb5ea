"""Why connections end, and what to do then: each close code in words for authors of clients."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from apps.core.realtime.socket_closing import CloseCode


@dataclass(frozen=True, slots=True)
class Ending:
    """A code's explanation for client authors; after a final one, reconnecting would end the same way."""

    code: int
    meaning: Promise
    remedy: Promise
    is_final: bool = False


# Those of CloseCode and, where noted, those that the server software sends itself.
ENDINGS = (
    Ending(
        1009,
        gettext_lazy("A frame of over 64 KB; sent by the server before we read it."),
        gettext_lazy("Send less."),
        is_final=True,
    ),
    Ending(
        1011,
        gettext_lazy("No response to a WebSocket ping for 20 seconds; sent by the server."),
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
            "what the server needs is down."
        ),
        gettext_lazy("Connect again later, and resume: nothing is lost."),
    ),
    Ending(
        CloseCode.BAD_FRAME,
        gettext_lazy("An invalid frame or query parameter; the error frame before it names what is wrong."),
        gettext_lazy("Fix the client."),
        is_final=True,
    ),
    Ending(
        CloseCode.NOT_AUTHENTICATED,
        gettext_lazy("No valid session or ticket; or, later: logged out, banned, or the key was revoked."),
        gettext_lazy("Get a new ticket, or log in; stop when that is refused."),
        is_final=True,
    ),
    Ending(
        CloseCode.FORBIDDEN,
        gettext_lazy(
            "Not allowed for this account, for example without a player; a board that it may not see; or no socket "
            "at this address."
        ),
        gettext_lazy("Stop connecting."),
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
        gettext_lazy("Use the newer connections."),
        is_final=True,
    ),
    Ending(
        CloseCode.FRAME_TOO_LARGE,
        gettext_lazy("A frame of over 4,096 characters."),
        gettext_lazy("Fix the client."),
        is_final=True,
    ),
    Ending(
        CloseCode.TOO_MANY_FRAMES,
        gettext_lazy("A burst of over 20 frames, or a sustained rate over 2 a second."),
        gettext_lazy("Connect again after at least four seconds, and send less."),
    ),
)
