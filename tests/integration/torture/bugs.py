"""Bugs to plant in a launched server, one at a time: the checker must find each of them."""

import random
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any, cast

import gevent
from gevent.local import local
from sqlalchemy import bindparam, func, update

from adapters.broadcasting.native.audience import NativeAudience
from adapters.broadcasting.native.websocket import WebSocket
from adapters.sql import log, messages
from adapters.sql.sqlite import database
from adapters.sql.sqlite.connections import connect_to_write
from adapters.sql.storage import SqlUnitOfWork
from adapters.sql.tables import rooms
from chat_domain.delivery.service import DeliveryService
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.rooms import Room
from chat_domain.model.values import ClientKey
from chat_domain.services.messaging import MessagingService


def serial_as_cursor() -> None:
    """Number messages by a serial that is drawn before the transaction, as those of databases are."""
    post, drawn, tickets = MessagingService.post, defaultdict[RoomId, int](int), local()

    def post_late(self: MessagingService, actor: UserId, *, room: RoomId, **more: Any) -> Any:
        if drawn[room]:
            drawn[room] += 1
            tickets.seq = drawn[room]
            gevent.sleep(random.uniform(0, 0.005))
        return post(self, actor, room=room, **more)

    def next_seq(self: Room) -> Seq:
        drawn[self.id] = max(drawn[self.id], self.last_seq + 1)
        return Seq(tickets.__dict__.pop("seq", self.last_seq + 1))

    MessagingService.post = post_late  # type: ignore[method-assign]
    Room.next_seq = property(next_seq)  # type: ignore[method-assign, assignment]
    log._ADVANCE = (  # type: ignore[misc]
        update(rooms)
        .where(rooms.c.id == bindparam("room"))
        .values(last_seq=func.max(rooms.c.last_seq, bindparam("before") + 1))
    )


def ack_before_commit() -> None:
    """Say that it is done, and do it a little later."""

    def commit(self: SqlUnitOfWork) -> None:
        self._ended = True
        gevent.spawn(_commit_late, self)

    SqlUnitOfWork.commit = commit  # type: ignore[method-assign]


def _commit_late(work: SqlUnitOfWork) -> None:
    gevent.sleep(0.1)  # others wait meanwhile, so that the group stays open and several are lost at a kill
    work._transaction.commit(work._publish)


def no_unique_client_id() -> None:
    """Take each attempt for a message of its own."""
    post, module = MessagingService.post, cast(Any, messages)
    restored = module.restored

    def as_new(self: MessagingService, actor: UserId, *, key: ClientKey | None, **more: Any) -> Any:
        return post(self, actor, key=key and ClientKey(f"{key}~{random.randrange(10**9)}"), **more)

    def as_sent(kind: type, value: str) -> object:
        return restored(kind, value.split("~", maxsplit=1)[0] if kind is ClientKey else value)

    MessagingService.post = as_new  # type: ignore[method-assign]
    module.restored = as_sent


def stale_membership_cache() -> None:
    """Leave users subscribed to the rooms that they leave."""
    NativeAudience.unsubscribe_user = lambda self, user_id, room_id: None  # type: ignore[method-assign]


def no_beacon() -> None:
    """Tell nobody how long the logs are, and look at none unasked."""
    DeliveryService.beacon = lambda self: None  # type: ignore[method-assign]
    DeliveryService.poll = lambda self: None  # type: ignore[method-assign]


def partial_writes() -> None:
    """Take what a socket accepted for all that it was given."""
    WebSocket._stall = lambda self, out, sent: out.clear()  # type: ignore[method-assign]


def synchronous_off() -> None:
    """Let the operating system write to the disk when it likes."""

    def hasty(path: Path) -> sqlite3.Connection:
        connection = connect_to_write(path)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    database.connect_to_write = hasty  # type: ignore[attr-defined]
