"""A proxy of one server, in a thread, that freezes, refuses and breaks connections when a test says so."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from apps.local.embedded.server import free_port

T = TypeVar("T")
READ_BYTES = 65536


class Proxy:
    """Passes bytes on between a port of its own and a server."""

    def __init__(self, host: str, port: int) -> None:
        self.port = free_port()
        # What clients have sent so far, by pieces: a statement that waits for its response is one.
        self.sent = 0
        self._server = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self.come_back()

    def freeze(self) -> None:
        """Take bytes and connections, and pass nothing on, until it thaws."""
        self._loop.call_soon_threadsafe(self._flows.clear)
        self._run(asyncio.sleep(0))

    def thaw(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.set)

    def go_down(self) -> None:
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
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _close(self) -> None:
        await self._stop_listening()
        await self._break()

    async def _stop_listening(self) -> None:
        # Whoever is on the way in comes in first: asyncio leaves sockets open that it takes while it closes.
        await asyncio.sleep(0.02)
        await asyncio.gather(*asyncio.all_tasks() - self._tasks - {asyncio.current_task()})
        if self._listener is not None:
            self._listener.close()

    async def _end(self) -> None:
        await self._stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._break()
        await asyncio.sleep(0)

    async def _break(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._spawn(self._serve(reader, writer))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._server)
        self._writers.add(there_writer)
        self._spawn(self._pass_on(reader, there_writer, self._count))
        self._spawn(self._pass_on(there_reader, writer, lambda: None))

    def _count(self) -> None:
        self.sent += 1

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, noted: Callable[[], None]
    ) -> None:
        try:
            while data := await reader.read(READ_BYTES):
                noted()
                await self._flows.wait()
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
