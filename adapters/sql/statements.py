"""The statements of the repositories: declared at the top of a module, compiled when the storage opens."""

import logging
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

from sqlalchemy import ClauseElement, Compiled, Executable
from sqlalchemy.engine.interfaces import Dialect

from chat_domain.model.errors import Conflict, Unavailable

_log: Final = logging.getLogger(__name__)
_ONE_BY_ONE: Final = "one_by_one"

Statement = TypeVar("Statement", bound=Executable)
Declared = tuple[str, ClauseElement]
"""Where a statement is declared, and the statement."""


class Violated(Conflict):
    """A constraint refused it; `constraint` is what the driver says of it, with the names of the columns in it."""

    def __init__(self, constraint: str) -> None:
        super().__init__()
        self.constraint = constraint


def one_by_one(statement: Statement) -> Statement:
    """Declare that the statement is sent for each unit of work by itself where units of work share a transaction.

    Otherwise it has to have one of the forms that `postgresql.forms` knows, which are sent once for all units.
    """
    return statement.execution_options(**{_ONE_BY_ONE: True})


def is_one_by_one(statement: ClauseElement) -> bool:
    """Whether it was declared so."""
    return isinstance(statement, Executable) and bool(statement.get_execution_options().get(_ONE_BY_ONE))


def declared_by(classes: Iterable[type]) -> Iterator[Declared]:
    """The statements at the top of the modules of these classes and of their bases, alone or in a tuple."""
    for module in sorted({base.__module__ for each in classes for base in each.__mro__}):
        for name, value in vars(sys.modules[module]).items():
            for statement in value if isinstance(value, tuple) else (value,):
                if isinstance(statement, ClauseElement) and isinstance(statement, Executable):
                    yield f"{module}.{name}", statement


class Statements(dict[ClauseElement, tuple[str, dict[str, Any]]]):
    """The text and the constants of each declared statement in one dialect; any other is a mistake in the program."""

    def __init__(self, dialect: Dialect, declared: Iterable[Declared] = ()) -> None:
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
        for name, statement in declared:
            self.declare(name, statement)

    def __missing__(self, statement: ClauseElement) -> tuple[str, dict[str, Any]]:
        text = statement.compile(dialect=self._dialect)
        raise LookupError(f"not declared at the top of a repository's module, and so never looked at: {text}")

    def declare(self, name: str, statement: ClauseElement) -> Compiled:  # noqa: ARG002 - for those who refuse some
        """From now on the statement may be run."""
        compiled = statement.compile(dialect=self._dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        self[statement] = str(compiled), constants
        return compiled

    def translated(self, error: Exception) -> Exception:
        """The domain's word for a driver's error, one of `errors`; a mistake of ours stays what it is."""
        if isinstance(error, self._mistakes):
            return error
        if isinstance(error, self._violations):
            return Violated(str(error))
        _log.warning("the database failed: %s", error)
        return Unavailable()
