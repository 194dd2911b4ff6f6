"""Where the tests of storage keep things: memory, a SQLite file, a PostgreSQL database; fresh for each test."""

import shutil
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import psycopg2
from sqlalchemy import delete, update

from adapters.broadcasting.local import LocalBroadcaster
from adapters.memory.storage import MemoryStorage
from adapters.sql import migrations
from adapters.sql.postgresql.database import postgres_storage
from adapters.sql.sqlite.database import sqlite_storage
from adapters.sql.tables import epoch, events, mentions, messages, metadata, rooms
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.storage import Storage
from tests.builders import Chat, a_chat


class Home(Protocol):
    """A place where things are kept, and the processes that have it open."""

    broadcaster: LocalBroadcaster

    @abstractmethod
    def open(self) -> Storage:
        """The storage as another process opens it; memory has only one."""

    @abstractmethod
    def forget_before(self, room_id: RoomId, seq: Seq) -> None:
        """Let the room's log begin at `seq`, as retention will."""

    @abstractmethod
    def close(self) -> None:
        """End all these processes."""

    def chat(self) -> Chat:
        """All services, in a process of their own."""
        return a_chat(storage=self.open(), broadcaster=self.broadcaster)

    def published(self) -> list[AnyEvent]:
        """Whatever is published from now on, as it comes."""
        heard: list[AnyEvent] = []

        def hear(events: Sequence[AnyEvent]) -> None:
            heard.extend(events)

        self.broadcaster.subscribe(hear)
        return heard


class MemoryHome(Home):
    """The memory of one process."""

    def __init__(self) -> None:
        self.broadcaster = LocalBroadcaster()
        self._storage = MemoryStorage(self.broadcaster)

    def open(self) -> Storage:
        return self._storage

    def forget_before(self, room_id: RoomId, seq: Seq) -> None:
        tables = self._storage._tables
        tables.rooms.put(room_id, replace(tables.room(room_id), first_seq=seq))
        for table in (tables.messages, tables.events, tables.mentions):
            table.remove_where(lambda key: key[0] == room_id and key[1] < seq)
        tables.journal.commit()

    def close(self) -> None:
        self._storage.close()


class SqlHome(Home):
    """A database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.broadcaster = LocalBroadcaster()
        self._opened: list[Storage] = []

    def open(self) -> Storage:
        storage_at = sqlite_storage if self.url.startswith("sqlite:") else postgres_storage
        storage = storage_at(self.url, broadcaster=self.broadcaster)
        self._opened.append(storage)
        return storage

    def forget_before(self, room_id: RoomId, seq: Seq) -> None:
        with migrations.opened(self.url) as connection:
            connection.execute(update(rooms).where(rooms.c.id == room_id).values(first_seq=seq))
            for table in (mentions, messages, events):
                connection.execute(delete(table).where(table.c.room_id == room_id, table.c.seq < seq))

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()


def empty(url: str) -> None:
    """Remove everything that was written to a PostgreSQL database."""
    tables = [table for table in reversed(metadata.sorted_tables) if table is not epoch]
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("; ".join(str(delete(table)) for table in tables))
        cursor.execute("SELECT setval('ids', 1, false)")
    connection.close()


def a_sqlite_url(migrated: Path, path: Path) -> str:
    """A copy of a migrated file."""
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"
