"""Runs statements written with SQLAlchemy Core on a driver's connection.

Each statement is compiled once; after that it costs what the driver costs, a third of Core's own execution. In exchange
only named parameters and plain numbers and text go in and out, which is all that the tables hold.
"""

import logging
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Final, Protocol

from sqlalchemy import ClauseElement
from sqlalchemy.engine.interfaces import Dialect

from chat_domain.model.errors import Conflict, Unavailable

Row = tuple[Any, ...]

Offload = Callable[[Callable[[], None]], object]
"""Runs a function that takes long, and returns when it has returned; others go on meanwhile."""

_log: Final = logging.getLogger(__name__)


class Cursor(Protocol):
    """What is needed of a driver's cursor."""

    def execute(self, text: str, parameters: dict[str, Any], /) -> object: ...

    def fetchone(self) -> Any: ...  # noqa: ANN401 - a row is what the statement says

    def fetchall(self) -> Any: ...  # noqa: ANN401 - rows of any shape


class Violated(Conflict):
    """A constraint refused it; `constraint` is what the driver says of it, with the names of the columns in it."""

    def __init__(self, constraint: str) -> None:
        super().__init__()
        self.constraint = constraint


class Statements(dict[ClauseElement, tuple[str, dict[str, Any]]]):
    """The text and the constants of each statement in one dialect, compiled when it is first asked for."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._dialect = dialect
        driver = dialect.loaded_dbapi
        self._violations: type[Exception] = driver.IntegrityError
        self._mistakes: tuple[type[Exception], ...] = (
            driver.ProgrammingError,
            driver.DataError,
            driver.NotSupportedError,
        )
        self.errors: tuple[type[Exception], ...] = (driver.DatabaseError, driver.InterfaceError)

    def __missing__(self, statement: ClauseElement) -> tuple[str, dict[str, Any]]:
        compiled = statement.compile(dialect=self._dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        self[statement] = text = str(compiled), constants
        return text

    def translated(self, error: Exception) -> Exception:
        """The domain's word for a driver's error, one of `errors`; a mistake of ours stays what it is."""
        if isinstance(error, self._mistakes):
            return error
        if isinstance(error, self._violations):
            return Violated(str(error))
        _log.warning("the database failed: %s", error)
        return Unavailable()


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
