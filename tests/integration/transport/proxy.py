"""A proxy that passes bytes on in pieces of any size, so that no frame stays in one piece."""

import random
import socket
from contextlib import AbstractContextManager

from tests.integration.servers.proxy import Proxy, started

_SMALL = 16 * 1024
"""Bytes of buffers, so that a client who stops reading is felt by the server soon."""


class CuttingProxy(Proxy):
    """Cuts the same way each time."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self._chance = random.Random(1)

    def _listen(self) -> socket.socket:
        listener = super()._listen()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SMALL)  # inherited
        return listener

    def _prepare(self, target: socket.socket) -> None:
        target.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)

    async def _read(self, source: socket.socket) -> bytes:
        size = self._chance.choice((1, 2, 7, 100, 1_448, 5_000, 65_536))
        return await self._loop.sock_recv(source, size)


def a_cutting_proxy(target: int) -> AbstractContextManager[CuttingProxy]:
    """A proxy in front of this port."""
    return started(CuttingProxy(target))
