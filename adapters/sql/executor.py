"""Runs statements written with SQLAlchemy Core on a driver's connection.

Each statement is compiled once; after that it costs what the driver costs, a third of Core's own execution. In exchange
only named parameters and plain numbers and text go in and out, which is all that the tables hold.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import ClauseElement

from adapters.sql.statements import Statements

Row = tuple[Any, ...]

Offload = Callable[[Callable[[], None]], object]
"""Runs a function that takes long, and returns when it has returned; others go on meanwhile."""


class Cursor(Protocol):
    """What is needed of a driver's cursor."""

    def execute(self, text: str, parameters: dict[str, Any], /) -> object: ...

    def fetchone(self) -> Any: ...  # noqa: ANN401 - a row is what the statement says

    def fetchall(self) -> Any: ...  # noqa: ANN401 - rows of any shape


class Executor(Protocol):
    """Runs statements in one transaction. With `locks`, what is loaded in order to be changed is locked.

    Raises Violated where a constraint is violated, and Unavailable where the database fails.
    """

    locks: bool

    @abstractmethod
    def all(self, statement: ClauseElement, **parameters: object) -> list[Row]:
        """All rows."""

    @abstractmethod
    def first(self, statement: ClauseElement, **parameters: object) -> Row | None:
        """The first row, if there is one."""

    @abstractmethod
    def run(self, statement: ClauseElement, **parameters: object) -> None:
        """Change rows. What is wrong with it may be raised by the end of the transaction only."""

    def run_long(self, statement: ClauseElement, **parameters: object) -> None:
        """The same, for changes of so many rows that it takes a while; others go on meanwhile."""
        self.run(statement, **parameters)


class CursorExecutor(Executor):
    """Runs each statement at once, on a cursor. `offload` runs what would hold up others."""

    def __init__(
        self, cursor: Cursor, statements: Statements, *, locks: bool, offload: Offload = lambda run: run()
    ) -> None:
        self._cursor = cursor
        self._statements = statements
        self._offload = offload
        self.locks = locks

    def all(self, statement: ClauseElement, **parameters: object) -> list[Row]:
        try:
            self._execute(statement, parameters)
            return list(self._cursor.fetchall())
        except self._statements.errors as error:
            raise self._statements.translated(error) from error

    def first(self, statement: ClauseElement, **parameters: object) -> Row | None:
        try:
            self._execute(statement, parameters)
            row: Row | None = self._cursor.fetchone()
        except self._statements.errors as error:
            raise self._statements.translated(error) from error
        return row

    def run(self, statement: ClauseElement, **parameters: object) -> None:
        try:
            self._execute(statement, parameters)
        except self._statements.errors as error:
            raise self._statements.translated(error) from error

    def run_long(self, statement: ClauseElement, **parameters: object) -> None:
        self._offload(lambda: self.run(statement, **parameters))

    def _execute(self, statement: ClauseElement, parameters: dict[str, Any]) -> None:
        text, constants = self._statements[statement]
        self._cursor.execute(text, {**constants, **parameters} if constants else parameters)
