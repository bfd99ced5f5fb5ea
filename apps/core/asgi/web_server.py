"""One web process: uvicorn on a port of its own, or on the sockets that it shares with others."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from apps.core.asgi.uvicorn_config import application, server_options
from apps.core.web_processes.place import READY, place


class WebServer(uvicorn.Server):
    """uvicorn's server, which reports to its parent when it is ready and ends when the parent has gone."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if (own := place()) is not None:
            os.write(own.line, READY)
            loop = asyncio.get_running_loop()
            loop.add_reader(own.line, self._end_as_orphan, loop, own.line)

    def _end_as_orphan(self, loop: asyncio.AbstractEventLoop, line: int) -> None:
        # Nothing is ever sent: what can be read is the end of the parent.
        loop.remove_reader(line)
        signal.raise_signal(signal.SIGTERM)


def serve(*, host: str, port: int, grace_seconds: int) -> None:
    """Serve until SIGTERM or SIGINT; exits with a status where the start fails."""
    config = uvicorn.Config(
        application(), host=host, port=port, timeout_graceful_shutdown=grace_seconds, **server_options()
    )
    server = WebServer(config)
    own = place()
    with suppress(KeyboardInterrupt):
        server.run(own.sockets() if own is not None else None)
    if not server.started:
        sys.exit(STARTUP_FAILURE)
