"""A condition on many numbers at once, which come as one parameter: so that its text is always the same."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class IsAmong(FunctionElement[bool]):
    """`IsAmong(column, parameter)`: the column is one of the numbers in the parameter, which `listed` makes."""

    name = "is_among"
    type = Boolean()
    inherit_cache = True


def listed(numbers: Iterable[int]) -> str:
    """The parameter for these numbers."""
    return ",".join(map(str, numbers))


@compiles(IsAmong, "sqlite")
def _in_sqlite(condition: IsAmong, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, numbers = (compiler.process(part, **options) for part in condition.clauses)
    each = f"json_each('[' || {numbers} || ']')"
    return f"{column} IN (SELECT value FROM {each})"  # noqa: S608 - both parts are SQLAlchemy's own text


@compiles(IsAmong, "postgresql")
def _in_postgresql(condition: IsAmong, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    column, numbers = (compiler.process(part, **options) for part in condition.clauses)
    return f"{column} = ANY (string_to_array({numbers}, ',')::bigint[])"
