"""A proxy that can be told to break: a network between a client or a server and whom it talks to."""

import asyncio
import time
from contextlib import AbstractContextManager, suppress
from typing import Final

from tests.integration.servers.proxy import Proxy, started

_PIECE: Final = 65_536


class FaultyProxy(Proxy):
    """`ended_by_target` says when the target hung up."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.ended_by_target: list[float] = []
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()

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
                await self._flows.wait()  # or the target would learn that somebody heard it hang up
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


def a_faulty_proxy(target: int) -> AbstractContextManager[FaultyProxy]:
    """A proxy in front of this port."""
    return started(FaultyProxy(target))
