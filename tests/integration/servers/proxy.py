"""A TCP proxy in a thread of its own. What becomes of the bytes on their way is for its kinds to say."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Final, TypeVar

_PIECE: Final = 65_536


class Proxy:
    """Listens on `port` of 127.0.0.1, from `start` until `stop`, in front of the port `target`.

    It has sockets and no asyncio transports: a transport closes its socket in a later turn of the loop, which may never
    come, and one that is cancelled while it is made has nobody to close it.
    """

    port: int

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._joining: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="proxy")

    def start(self) -> None:
        self._listener = self._listen()
        self.port = self._listener.getsockname()[1]
        self._thread.start()

    def stop(self) -> None:
        """Hangs up: when this returns every socket is closed."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _listen(self) -> socket.socket:
        return socket.create_server(("127.0.0.1", 0), backlog=1_024)

    def _prepare(self, target: socket.socket) -> None:
        """What is to be set on the socket to the target before it is connected."""

    async def _join(self, client: socket.socket, target: socket.socket) -> None:
        """Passes bytes on both ways until both ends have said their last; cancelled when the proxy stops."""
        async with asyncio.TaskGroup() as ways:
            ways.create_task(self._pass(client, target))
            ways.create_task(self._pass(target, client))

    async def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while piece := await self._read(source):
                await self._loop.sock_sendall(sink, piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # one end is gone: the other learns it
            hang_up(source, sink)

    async def _read(self, source: socket.socket) -> bytes:
        return await self._loop.sock_recv(source, _PIECE)

    def _run(self) -> None:
        with closing(self._loop), self._listener:
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._listener.setblocking(False)
        self._loop.add_reader(self._listener, self._accept)
        await self._stopped.wait()
        self._loop.remove_reader(self._listener)
        for task in self._joining:
            task.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)

    def _accept(self) -> None:
        with suppress(OSError):  # the client has gone again
            client, _ = self._listener.accept()
            client.setblocking(False)
            joining = self._loop.create_task(self._connect(client))
            self._joining.add(joining)
            joining.add_done_callback(self._joining.discard)
            joining.add_done_callback(lambda _: client.close())  # a task that is cancelled may never have begun

    async def _connect(self, client: socket.socket) -> None:
        with socket.socket() as target, suppress(OSError):  # the target is not there
            self._prepare(target)
            target.setblocking(False)
            await self._loop.sock_connect(target, ("127.0.0.1", self._target))
            await self._join(client, target)


def hang_up(*ends: socket.socket) -> None:
    """End connections whose sockets somebody still waits for, who learns it and closes them."""
    for end in ends:
        with suppress(OSError):  # it is not connected any more
            end.shutdown(socket.SHUT_RDWR)


AnyProxy = TypeVar("AnyProxy", bound=Proxy)


@contextmanager
def started(proxy: AnyProxy) -> Iterator[AnyProxy]:
    """The proxy, which is stopped afterwards."""
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
