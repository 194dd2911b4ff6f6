"""A TCP proxy that passes bytes on in pieces of any size, so that no frame stays in one piece."""

import asyncio
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SMALL = 16 * 1024
"""Bytes of buffers, so that a client who stops reading is felt by the server soon."""


class CuttingProxy:
    """Listens on `port` of 127.0.0.1, in a thread of its own."""

    port: int

    def __init__(self, target: int) -> None:
        self._target = target
        self._chance = random.Random(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SMALL)  # inherited
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=listener, limit=_SMALL)

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

    async def _hang_up(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def a_cutting_proxy(target: int) -> Iterator[CuttingProxy]:
    """A proxy in front of this port."""
    proxy = CuttingProxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
