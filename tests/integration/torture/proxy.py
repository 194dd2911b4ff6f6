"""A proxy that can be told to break: a network between a client or a server and whom it talks to."""

import asyncio
import socket
import time
from contextlib import AbstractContextManager, suppress

from tests.integration.servers.proxy import Proxy, hang_up, started


class FaultyProxy(Proxy):
    """`ended_by_target` says when the target hung up."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.ended_by_target: list[float] = []
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._clients: set[socket.socket] = set()

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

    async def _connect(self, client: socket.socket) -> None:
        if self._is_cut:
            return
        self._clients.add(client)
        try:
            await super()._connect(client)
        finally:
            self._clients.discard(client)

    async def _join(self, client: socket.socket, target: socket.socket) -> None:
        async with asyncio.TaskGroup() as ways:
            there = ways.create_task(self._pass(client, target))
            back = ways.create_task(self._pass(target, client))
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            if back.done():
                self.ended_by_target.append(time.monotonic())
                await self._flows.wait()  # or the target would learn that somebody heard it hang up
            there.cancel()
            back.cancel()

    async def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := await self._read(source):
                if self._flows.is_set():  # what the network swallowed does not come back
                    await self._loop.sock_sendall(sink, piece)

    def _cut(self) -> None:
        self._is_cut = True
        hang_up(*self._clients)


def a_faulty_proxy(target: int) -> AbstractContextManager[FaultyProxy]:
    """A proxy in front of this port."""
    return started(FaultyProxy(target))
