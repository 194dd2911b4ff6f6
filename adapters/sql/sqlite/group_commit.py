"""Group commit on SQLite: units of work that wait for each other share one physical transaction, and one sync to disk.

Each unit runs alone, in a savepoint, and hands its turn on while others wait. The last of the group commits for all;
then what they recorded is published in the order of their turns, which is that of the logs, and all are answered.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Final

from adapters.sql.executor import CursorExecutor, Offload
from adapters.sql.sqlite.connections import PATIENCE, is_busy
from adapters.sql.sqlite.turns import Turns
from adapters.sql.statements import Statements
from adapters.sql.storage import Writing
from chat_domain.model.errors import Unavailable

LARGEST_GROUP: Final = 64
MOST_WAITING: Final = 1_500
"""Each is a request with its connection, and takes nearly 40 KB."""

_log: Final = logging.getLogger(__name__)


class Group:
    """Units of work that are committed together: those that want it, and what to do for each of them afterwards."""

    def __init__(self) -> None:
        self.turns = 0
        self.then: list[Callable[[], None]] = []
        self.has_waited = False
        self.is_lost = False
        self.error: Exception | None = None
        self.is_settled = False
        self._done = Event()

    def settle(self, error: Exception | None) -> None:
        """Note how the commit went."""
        self.error, self.is_settled = error, True

    def answer(self) -> None:
        """Tell every unit of work that waits."""
        self._done.set()

    def wait(self, within: float) -> None:
        """Return when the group is durable, or raise Unavailable: then it may be so nevertheless, later."""
        if not self._done.wait(within):
            raise Unavailable
        if self.error:
            raise Unavailable from self.error


class SqliteWriter:
    """The one connection of this process that writes, and whose turn it is to use it.

    Nothing yields to other greenlets during a turn but the wait for the end of the group, for another process, and for
    changes that take long; units of work that want a turn meanwhile queue.
    """

    def __init__(
        self, connection: sqlite3.Connection, statements: Statements, offload: Offload, *, patience: float = PATIENCE
    ) -> None:
        self.connection = connection
        self._offload = offload
        self._patience = patience
        self.turns = Turns(MOST_WAITING)
        self._group = Group()
        self._cursor = connection.cursor()
        self.executor = CursorExecutor(self._cursor, statements, locks=False, offload=offload)

    def begin(self) -> "SqliteUnit":
        """Wait for a turn, and begin it."""
        deadline = time.monotonic() + self._patience
        turn = self.turns.queue()
        try:
            if not turn.wait(self._patience):  # for a disk that hangs under the unit of work that has the turn
                raise Unavailable
            self._open(deadline)
        except BaseException as error:  # a greenlet that waits may be interrupted
            if not self.turns.withdraw(turn):
                self._end_turn()
            if isinstance(error, sqlite3.Error):
                raise Unavailable from error
            raise
        return SqliteUnit(self)

    def commit(self, then: Callable[[], None]) -> None:
        """End the turn and wait until the whole group is durable."""
        group = self._group
        try:
            self.connection.execute("RELEASE unit")
        except sqlite3.Error as error:
            self.roll_back()
            raise Unavailable from error
        group.then.append(then)
        self._end_turn()
        group.wait(self._patience)

    def roll_back(self) -> None:
        """Undo what was done in this turn, and end it."""
        try:
            self.connection.execute("ROLLBACK TO unit")
            self.connection.execute("RELEASE unit")
        except sqlite3.Error:  # a full disk, for one, undoes the whole transaction
            self._group.is_lost = True
        self._end_turn()

    def close(self) -> None:
        """Wait for a last turn, and close the connection; a later unit of work gets Unavailable."""
        turn = self.turns.queue()
        turn.wait()
        try:
            self._end_group()  # of the units of work that had their turns before
        finally:
            with suppress(sqlite3.ProgrammingError):  # it was closed before
                self._cursor.close()  # or a statement that was refused would keep the file open
            self.connection.close()
            self.turns.leave()

    def _open(self, deadline: float) -> None:
        self._group.turns += 1
        while not self.connection.in_transaction:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)  # which lets other greenlets go on, as SQLite's own waiting would not
        self.connection.execute("SAVEPOINT unit")

    def _end_turn(self) -> None:
        group = self._group
        try:
            if not group.has_waited and not self.turns.waiting:
                group.has_waited = True
                time.sleep(0)  # units of work of the same turn of the event loop join
        finally:
            if group.is_lost or group.turns >= LARGEST_GROUP or not self.turns.hand_on():
                try:
                    self._end_group()
                finally:
                    self.turns.leave()

    def _end_group(self) -> None:
        group, self._group = self._group, Group()
        try:
            self._complete(group)
        finally:
            group.answer()

    def _complete(self, group: Group) -> None:
        if group.is_lost:
            group.settle(sqlite3.OperationalError("the transaction was undone"))
        elif group.then:
            self._commit(group)
        with suppress(sqlite3.Error):
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        if group.error:
            _log.error("%d units of work could not be committed: %s", len(group.then), group.error)
            return
        for publish in group.then:
            publish()

    def _commit(self, group: Group) -> None:
        def commit() -> None:
            try:
                self.connection.execute("COMMIT")
            except sqlite3.Error as error:
                group.settle(error)
            else:
                group.settle(None)

        try:
            self._offload(commit)
        except Exception as error:  # noqa: BLE001 - whatever kept the commit from being tried
            group.settle(error)
        finally:
            while not group.is_settled:  # a greenlet that is interrupted meanwhile waits on: the connection is in use
                time.sleep(0.001)


class SqliteUnit(Writing):
    """One turn of the writer."""

    def __init__(self, writer: SqliteWriter) -> None:
        self._writer = writer
        self.executor = writer.executor

    def commit(self, then: Callable[[], None]) -> None:
        self._writer.commit(then)

    def roll_back(self) -> None:
        self._writer.roll_back()
