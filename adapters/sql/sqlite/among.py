"""How SQLite says that a number is among many."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.sql.among import IsAmong


@compiles(IsAmong, "sqlite")
def _in_sqlite(condition: IsAmong, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, numbers = (compiler.process(part, **options) for part in condition.clauses)
    each = f"json_each('[' || {numbers} || ']')"
    return f"{column} IN (SELECT value FROM {each})"  # noqa: S608 - both parts are SQLAlchemy's own text
