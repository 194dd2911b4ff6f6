"""A TCP proxy in a thread of its own. What becomes of the bytes on their way is for its kinds to say."""

import asyncio
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar


class Proxy(ABC):
    """Listens on `port` of 127.0.0.1, from `start` until `stop`, in front of the port `target`."""

    port: int

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        """Hangs up."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Joins one client to the target, until either has gone; cancelled when the proxy stops."""

    def _listener(self) -> socket.socket:
        return socket.create_server(("127.0.0.1", 0), backlog=1_024)

    async def _listen(self) -> None:
        listener = self._listener()
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=listener, backlog=1_024)

    async def _hang_up(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


AnyProxy = TypeVar("AnyProxy", bound=Proxy)


@contextmanager
def started(proxy: AnyProxy) -> Iterator[AnyProxy]:
    """The proxy, which is stopped afterwards."""
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
