"""The forms of statements that may run in a batch. Any other is refused when the storage opens.

What `together` rewrites for many units of work at once is found by the same patterns that are demanded here: a
statement that is not wholly of a form could become one that does something else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sqlalchemy import ClauseElement, Compiled, Integer, String
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType

from adapters.sql.statements import Declared, Statements, is_one_by_one

_COLUMNS: Final = r'\([\w", ]+\)'
_PARAMETERS: Final = r"%\(\w+\)s(?:, %\(\w+\)s)*"


def _without(*words: str) -> str:
    """Any text in which none of these words is."""
    return rf"(?:(?!\b(?:{'|'.join(words)})\b).)*"


_QUERY: Final = "SELECT " + _without("WITH", "UNION", "INTERSECT", "EXCEPT", "INTO", "FOR", "CONFLICT", "RETURNING")
_PLAIN: Final = _without("SELECT", "FROM", "WHERE", "RETURNING")
_PLAIN_AND: Final = _without("SELECT", "FROM", "RETURNING", "OR", "CASE", r"NOT \(")
_OF_ITS_ROOM: Final = r"(?=WHERE (?:.* AND )?(?:rooms\.id|\w+\.room_id) = %\(\w+\)s(?: AND |$))"


class Form(Enum):
    """What a statement looks like that may run in a batch."""

    QUESTION = "SELECT ..., without WITH, UNION or the like"
    LOCK = "SELECT ... FOR UPDATE or FOR NO KEY UPDATE, at its end"
    INSERT = "INSERT INTO ... VALUES (...), of parameters alone"
    UPDATE = (
        "UPDATE ... SET ... WHERE <its room> = <a parameter> AND ..., without OR, NOT (...), CASE, FROM or a subquery"
    )
    DELETE = "DELETE FROM ... WHERE ..., without a subquery"
    COPY = "INSERT INTO ... SELECT ..."
    ONE_BY_ONE = "one_by_one(...), which neither locks nor answers of what it changes"


_PATTERNS: Final = {
    Form.QUESTION: re.compile(_QUERY, re.DOTALL),
    Form.LOCK: re.compile(_QUERY + r"FOR (?:NO KEY )?UPDATE(?: OF [\w, ]+)?", re.DOTALL),
    Form.INSERT: re.compile(rf"(INSERT INTO \w+ {_COLUMNS}) VALUES \(({_PARAMETERS})\)"),  # noqa: S608 - a pattern
    Form.UPDATE: re.compile(rf"(UPDATE \w+ SET {_PLAIN}) {_OF_ITS_ROOM}(WHERE {_PLAIN_AND})", re.DOTALL),  # noqa: S608
    Form.DELETE: re.compile(rf"DELETE FROM \w+ WHERE {_PLAIN}", re.DOTALL),  # noqa: S608 - a pattern, no statement
    Form.COPY: re.compile(rf"INSERT INTO \w+ {_COLUMNS} {_QUERY}", re.DOTALL),
}
_ONE_BY_ONE: Final = re.compile(_without("RETURNING", "FOR"), re.DOTALL)


class Unbatchable(Exception):
    """A repository declares a statement that may not run in a batch."""


@dataclass(frozen=True, slots=True)
class Formed:
    """A statement's form; of an INSERT and an UPDATE also what stands before and after the rows it is made for."""

    form: Form
    parts: tuple[str, ...] = ()


class BatchStatements(Statements):
    """The statements of the repositories, and their forms."""

    def __init__(self, dialect: Dialect, declared: Iterable[Declared] = ()) -> None:
        self.formed: dict[ClauseElement, Formed] = {}
        super().__init__(dialect, declared)

    def declare(self, name: str, statement: ClauseElement) -> Compiled:
        """From now on the statement may be run; raises Unbatchable."""
        compiled = super().declare(name, statement)
        text, _ = self[statement]
        formed = form_of(text, one_by_one=is_one_by_one(statement))
        if formed is None:
            forms = "".join(f"\n- {form.value}" for form in Form)
            raise Unbatchable(f"{name} is of no form in which statements may run in a batch: {text}\nThose are:{forms}")
        if odd := _odd_parameters(compiled):
            raise Unbatchable(f"{name} has parameters that are neither numbers nor text, {', '.join(odd)}: {text}")
        self.formed[statement] = formed
        return compiled


def form_of(text: str, *, one_by_one: bool = False) -> Formed | None:
    """The form of a statement, if it has one."""
    if one_by_one:
        return Formed(Form.ONE_BY_ONE) if _ONE_BY_ONE.fullmatch(text) else None
    found = ((form, pattern.fullmatch(text)) for form, pattern in _PATTERNS.items())
    return next((Formed(form, match.groups()) for form, match in found if match), None)


def _odd_parameters(compiled: Compiled) -> list[str]:
    """Those of which no array can be made; of one without a type its values decide."""
    binds = compiled.binds if isinstance(compiled, SQLCompiler) else {}
    return sorted({bind.key for bind in binds.values() if not isinstance(bind.type, Integer | String | NullType)})
