"""How PostgreSQL says that a number is among many."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.sql.among import IsAmong


@compiles(IsAmong, "postgresql")
def _in_postgresql(condition: IsAmong, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, numbers = (compiler.process(part, **options) for part in condition.clauses)
    return f"{column} = ANY (string_to_array({numbers}, ',')::bigint[])"
