"""A proxy of one server, in a thread, that freezes, refuses and breaks connections when a test says so."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from apps.core.embedded.server import free_port

T = TypeVar("T")
READ_BYTES = 65536


class Proxy:
    """Passes bytes on between a port of its own and a server."""

    def __init__(self, host: str, port: int) -> None:
        self.port = free_port()
        self.connections = 0
        self._server = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None
        self.come_back()

    def freeze(self) -> None:
        """Take bytes and connections, and pass nothing on, until it thaws."""
        self._loop.call_soon_threadsafe(self._flows.clear)
        self._run(asyncio.sleep(0))

    def thaw(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.set)

    def go_away(self) -> None:
        """Break all connections and refuse new ones, until it comes back."""
        self._run(self._close())

    def come_back(self) -> None:
        self._run(self._listen())

    def break_all(self) -> None:
        """Break all connections; new ones are taken."""
        self._run(self._break())

    def stop(self) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        await self._break()

    async def _end(self) -> None:
        await self._close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _break(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there_writer = await asyncio.open_connection(*self._server)
        ends = {writer, there_writer}
        self._writers |= ends
        # At the end all are cancelled, which the stream's own callback takes for an error.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._pass_on(reader, there_writer), self._pass_on(there_reader, writer))
        self._writers -= ends

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(READ_BYTES):
                await self._flows.wait()
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.transport.abort()
