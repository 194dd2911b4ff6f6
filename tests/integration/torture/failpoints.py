"""Places where a launched server dies or shows itself, when a file in its folder says so. The product has none of them.

A failpoint named X strikes once for each time that the file X appears in the working folder of the server. One that
dies leaves what it alone knew in X.json.
"""

import gc
import json
import os
import random
import signal
import socket
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import gevent

from adapters.broadcasting.bus import BusBroadcaster
from adapters.broadcasting.bus.codec import EventCodec
from adapters.broadcasting.local import LocalBroadcaster
from adapters.broadcasting.native.audience import NativeAudience
from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.engine import EngineSocket
from adapters.broadcasting.native.websocket import WebSocket
from chat_domain.model.ephemeral import AnyEvent, EphemeralEvent
from chat_domain.model.events import RoomEvent
from chat_domain.services import sessions
from entrypoints.sockets.dispatcher import Dispatcher


def die_before_broadcast() -> None:
    """Die between the commit and the broadcast of an event."""
    for kind in (LocalBroadcaster, BusBroadcaster):
        publish = kind.publish

        def dying(self: Any, events: Sequence[AnyEvent], publish: Any = publish) -> None:
            if entries := [each for each in events if isinstance(each, RoomEvent)]:
                _die_if_told("die_before_broadcast", {each.room_id: each.seq for each in entries})
            publish(self, events)

        kind.publish = dying  # type: ignore[method-assign]


def die_before_ack() -> None:
    """Die between the commit of a message and its acknowledgement."""
    dispatch = Dispatcher.dispatch

    def dying(self: Dispatcher, event: str, socket: str, *arguments: object) -> object:
        answer = dispatch(self, event, socket, *arguments)
        if event == "send_message" and isinstance(answer, dict) and "data" in answer:
            message = answer["data"]["message"]
            _die_if_told("die_before_ack", {name: message[name] for name in ("client_id", "id", "seq")})
        return answer

    Dispatcher.dispatch = dying  # type: ignore[method-assign]


def day_long_tokens() -> None:
    """Tokens hold for a day: a run takes longer than the quarter of an hour after which they have to be renewed."""
    sessions.ACCESS_LIFETIME = timedelta(days=1)  # type: ignore[misc]


def lose_pushes() -> None:
    """Lose every fifth event on its way to the clients, and all while the file is there."""
    deliver, count = NativeAudience.deliver, 0

    def losing(self: NativeAudience, event: RoomEvent | EphemeralEvent) -> None:
        nonlocal count
        count += isinstance(event, RoomEvent)
        if not isinstance(event, RoomEvent) or (count % 5 and not _is_told("lose_pushes")):
            deliver(self, event)

    NativeAudience.deliver = losing  # type: ignore[method-assign]


def small_buffers() -> None:
    """While the file is there, the system keeps little of what new clients do not read, so that the server has to."""
    begin = WebSocket.begin

    def begin_small(self: WebSocket) -> None:
        if _is_told("small_buffers"):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        begin(self)

    WebSocket.begin = begin_small  # type: ignore[method-assign]


def spoil_hints() -> None:
    """While the file is there, drop half of the events that go to other processes, double and put off some."""
    encode, chance, put_off = EventCodec.encode, random.Random(1), list[AnyEvent]()

    def spoilt(self: EventCodec, events: Iterable[AnyEvent]) -> bytes:
        if not _is_told("spoil_hints"):
            return encode(self, events)
        events, late = list(events), list(put_off)
        put_off[:] = [each for each in events if isinstance(each, RoomEvent) and chance.random() < 0.2]
        kept = [each for each in events if not isinstance(each, RoomEvent) or chance.random() < 0.5]
        doubled = [each for each in kept if chance.random() < 0.2]
        return encode(self, [*kept, *late, *doubled])

    EventCodec.encode = spoilt  # type: ignore[method-assign]


def tell_lag() -> None:
    """Write down each second how late the event loop was, in seconds: a line for each 10 ms."""
    gevent.spawn(_tell_lag)


def count_connections() -> None:
    """Write down how many connections it has in memory, ended ones too, each time that the file appears."""
    gevent.spawn(_count_connections)


def _count_connections() -> None:
    while True:
        gevent.sleep(0.2)
        if _is_told("count_connections"):
            Path("count_connections").unlink()
            gc.collect()
            count = sum(type(each) in (Connection, EngineSocket, WebSocket) for each in gc.get_objects())
            _leave("count_connections", {"count": count})


def _tell_lag() -> None:
    with Path("lag").open("a", encoding="ascii") as file:
        while True:
            late = []
            until = time.monotonic() + 1
            while (began := time.monotonic()) < until:
                gevent.sleep(0.01)
                late.append(max(0.0, time.monotonic() - began - 0.01))
            file.writelines(f"{each:.4f}\n" for each in late)
            file.flush()


def _die_if_told(name: str, knowing: dict[Any, Any]) -> None:
    if os.path.exists(name):
        Path(name).unlink()
        _leave(name, knowing)
        os.kill(os.getpid(), signal.SIGKILL)


def _leave(name: str, words: dict[Any, Any]) -> None:
    """Write them into X.json, all at once."""
    unfinished = Path(f"{name}.tmp")
    unfinished.write_text(json.dumps(words), "ascii")
    unfinished.rename(f"{name}.json")


def _is_told(name: str) -> bool:
    return os.path.exists(name)
