"""A proxy that passes bytes on in pieces of any size, so that no frame stays in one piece."""

import asyncio
import random
import socket
from contextlib import AbstractContextManager, suppress

from tests.integration.servers.proxy import Proxy, started

_SMALL = 16 * 1024
"""Bytes of buffers, so that a client who stops reading is felt by the server soon."""


class CuttingProxy(Proxy):
    """Cuts the same way each time."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self._chance = random.Random(1)

    def _listener(self) -> socket.socket:
        listener = super()._listener()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SMALL)  # inherited
        return listener

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = socket.socket()
        upstream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        upstream.setblocking(False)
        await self._loop.sock_connect(upstream, ("127.0.0.1", self._target))
        from_server, to_server = await asyncio.open_connection(sock=upstream, limit=_SMALL)
        try:
            await asyncio.gather(self._pass(reader, to_server), self._pass(from_server, writer))
        finally:
            for each in (writer, to_server):
                each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)
        with suppress(OSError):
            while piece := await reader.read(self._chance.choice((1, 2, 7, 100, 1_448, 5_000, 65_536))):
                writer.write(piece)
                await writer.drain()
            writer.write_eof()


def a_cutting_proxy(target: int) -> AbstractContextManager[CuttingProxy]:
    """A proxy in front of this port."""
    return started(CuttingProxy(target))
