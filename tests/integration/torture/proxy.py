"""A TCP proxy that can be told to break: a network between a client or a server and whom it talks to."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_PIECE: Final = 65_536


class FaultyProxy:
    """Listens on `port` of 127.0.0.1, in a thread of its own. `ended_by_target` says when the target hung up."""

    port: int

    def __init__(self, target: int) -> None:
        self.ended_by_target: list[float] = []
        self._target = target
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def cut(self) -> None:
        """End every connection, and every new one at once."""
        self._loop.call_soon_threadsafe(self._cut)

    def swallow(self) -> None:
        """Pass nothing on any more, and say nothing: what is open stays open."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def restore(self) -> None:
        """Pass everything on again."""
        self._is_cut = False
        self._loop.call_soon_threadsafe(self._flows.set)

    def close(self) -> None:
        """Hang up."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1_024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if not self._is_cut:
                await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            """The target is not there, or the proxy is closed: the client is hung up on."""
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_target, to_target = await asyncio.open_connection("127.0.0.1", self._target)
        ways = [
            asyncio.create_task(self._pass(reader, to_target)),
            asyncio.create_task(self._pass(from_target, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if ways[1].done():
                self.ended_by_target.append(time.monotonic())
        finally:
            to_target.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(_PIECE):
                if not self._flows.is_set():
                    continue  # what the network swallowed does not come back
                writer.write(piece)
                await writer.drain()

    def _cut(self) -> None:
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    async def _hang_up(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def a_faulty_proxy(target: int) -> Iterator[FaultyProxy]:
    """A proxy in front of this port."""
    proxy = FaultyProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
