"""The official JavaScript client as the clients of a run: one process of Node plays them all.

It connects, reconnects and acknowledges in the library's way; on top of that there are the client rule and an outbox
(`javascript/`). What people want next, and REST, stay here.
"""

import asyncio
import json
import shutil
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import asdict
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from tests.integration.torture.checker.run import RoomState
from tests.integration.torture.client import Account, Client
from tests.integration.torture.history import (
    Answered,
    Asked,
    Closed,
    History,
    Opened,
    Received,
    Record,
    Shown,
    Synced,
    record_of,
)
from tests.integration.torture.room import Room

_LIBRARY: Final = Path(__file__).parents[3] / "entrypoints/web/node_modules/socket.io-client/build/esm-debug/index.js"
_SCRIPT: Final = Path(__file__).parent / "javascript/clients.mjs"
_LONGEST_LINE: Final = 2**26
_LAST_WORDS: Final = 2_000
_TRANSPORTS: Final = (["polling", "websocket"], ["websocket"], ["polling"])
"""What the clients may use, in turn; the first is the library's own choice."""


class NodeEnded(Exception):
    """The process is gone; the message has its exit code and its last words."""


class Node:
    """Makes clients, and runs the process from the first command until the event loop ends. `plants` are bugs."""

    def __init__(self, *plants: str, library: Path = _LIBRARY) -> None:
        self._plants = plants
        self._library = library
        self._clients: dict[str, NodeClient] = {}
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._numbers = count(1)
        self._transports = cycle(_TRANSPORTS)
        self._playing: asyncio.Task[None] | None = None
        self._process: asyncio.Future[Process]

    def __call__(self, name: str, account: Account, doors: Sequence[int], history: History) -> Client:
        transports = next(self._transports)
        client = self._clients[name] = NodeClient(self, name, account, doors, history, transports=transports)
        return client

    async def do(self, what: str, client: str, **more: object) -> Any:
        """The value of the reply to a command."""
        if self._playing is None:
            self._process = asyncio.get_running_loop().create_future()
            self._playing = asyncio.create_task(self._play())
            self._playing.add_done_callback(self._end)
        await self._process
        return await self.tell(what, client, **more)

    def tell(self, what: str, client: str, **more: object) -> "asyncio.Future[Any]":
        """Give a command to the process, which was started; raises what it ended with."""
        if self._playing and self._playing.done():
            self._playing.result()
        stdin, id = self._process.result().stdin, next(self._numbers)
        assert stdin
        stdin.write(json.dumps({"id": id, "do": what, "client": client, **more}).encode() + b"\n")
        reply = self._replies[id] = asyncio.get_running_loop().create_future()
        return reply

    async def _play(self) -> None:
        node = shutil.which("node") or Path(sys.executable).with_name("node")
        command = (node, _SCRIPT, self._library, *self._plants)
        with TemporaryFile() as words:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=words, limit=_LONGEST_LINE
            )
            self._process.set_result(process)
            assert process.stdout
            try:
                async for line in process.stdout:
                    self._take(json.loads(line))
                code = await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            words.seek(0)
            said = words.read().decode("utf-8", "replace")[-_LAST_WORDS:]
        raise NodeEnded(f"Node ended with {code}:\n{said}")

    def _end(self, playing: asyncio.Task[None]) -> None:
        """Tell whoever waits for it how it ended; a client stops running, and learns it from `tell`."""
        failure = None if playing.cancelled() else playing.exception()
        for waiting in (self._process, *self._replies.values()):
            if failure and not waiting.done():
                waiting.set_exception(failure)
            waiting.cancel()
        for client in self._clients.values():
            client.ended.set()

    def _take(self, told: dict[str, Any]) -> None:
        if "reply" in told:
            reply = self._replies.pop(told["reply"])
            if not reply.done():
                reply.set_result(told.get("value"))
        elif "record" in told:
            self._clients[told["client"]].note(record_of(told["record"]))
        elif "has_ended" in told:
            self._clients[told["client"]].ended.set()
        else:
            self._clients[told["client"]].is_now(ready=told["is_ready"], whole=told["is_whole"])


class NodeClient(Client):
    """A client in Node, and what is known of it here: its cursors, and how it is."""

    def __init__(
        self,
        node: Node,
        name: str,
        account: Account,
        doors: Sequence[int],
        history: History,
        *,
        transports: Sequence[str],
    ) -> None:
        super().__init__(name, account, doors, history)
        self._node = node
        self._transports = transports
        self._is_whole = False
        self.ended = asyncio.Event()

    async def run(self) -> None:
        await self._do("open", account=asdict(self.account), doors=self.doors, transports=self._transports)
        try:
            await self.ended.wait()
        finally:
            self._node.tell("leave", self.name)

    async def settle(self, asked: Asked, event: str, payload: dict[str, Any]) -> Answered | None:
        answered = await self._do("settle", asked=asdict(asked), event=event, payload=payload)
        return answered and Answered(time.monotonic(), **answered)

    async def go_by(self, doors: Sequence[int]) -> None:
        self.doors = list(doors)
        await self._do("go", doors=self.doors)

    async def doze(self, seconds: float) -> None:
        await self._do("doze", seconds=seconds)

    async def states(self) -> dict[int, RoomState]:
        states: dict[str, dict[str, Any]] = await self._do("states")
        return {
            int(room): RoomState(**{**state, "messages": {each["id"]: Shown(**each) for each in state["messages"]}})
            for room, state in states.items()
        }

    @property
    def is_whole(self) -> bool:
        return self._is_whole

    def is_now(self, *, ready: bool, whole: bool) -> None:
        """Whether it has caught up since it connected, and whether it knows of nothing that is missing."""
        self._is_whole = whole
        if ready:
            self.is_ready.set()
        else:
            self.is_ready.clear()

    def note(self, record: Record) -> None:
        """Write it down, and keep the cursors."""
        self._history.append(record)
        match record:
            case Opened(room=room, seq=seq):
                self.rooms[room] = Room(seq, seq)
            case Closed(room=room):
                del self.rooms[room]
            case Synced(epoch=epoch):
                self.epoch = epoch
            case Received(event=event, applied=True):
                self.rooms[event.room].cursor = event.seq

    async def _do(self, what: str, **more: object) -> Any:
        return await self._node.do(what, self.name, **more)
