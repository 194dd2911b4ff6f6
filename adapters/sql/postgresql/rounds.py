"""One transaction on PostgreSQL in which many questions are asked, and many changes made, in one round trip."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from types import TracebackType
from typing import Any, Final, Self

import psycopg2
from sqlalchemy import ClauseElement, PoolProxiedConnection

from adapters.sql.executor import Executor, Row
from adapters.sql.postgresql.forms import BatchStatements, Form
from adapters.sql.postgresql.prepared import PreparingCursor
from adapters.sql.postgresql.together import changes_of_many, question_of_many
from chat_domain.model.errors import Conflict

_MARK: Final = b"SAVEPOINT unit"
_UNDO: Final = b"ROLLBACK TO unit"

Write = tuple[ClauseElement, dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A question: a statement with its parameters, and whether all rows are wanted or the first alone."""

    statement: ClauseElement
    parameters: dict[str, Any]
    all_rows: bool

    def rows(self, executor: Executor) -> list[Row]:
        """The answer, from an executor of one's own."""
        if self.all_rows:
            return executor.all(self.statement, **self.parameters)
        row = executor.first(self.statement, **self.parameters)
        return [] if row is None else [row]


class Rounds:
    """The transaction. A connection that commits by itself is told its bounds in words, which then cost no trip."""

    def __init__(self, connection: PoolProxiedConnection, statements: BatchStatements) -> None:
        self._connection = connection
        self._cursor: Any = connection.cursor()
        self._prepared = PreparingCursor(self._cursor, connection.info.setdefault("prepared", {}))
        self._statements = statements
        self._opening = b"BEGIN; "

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo what was not committed."""
        try:
            if not self._opening or error:
                self._cursor.execute("ROLLBACK")
        except psycopg2.Error:
            self._connection.invalidate()
        self._connection.close()

    def ask(self, calls: Sequence[Call]) -> list[list[Row]]:
        """The answer to each. Rows that another transaction has locked are passed over."""
        alike: dict[ClauseElement, list[int]] = defaultdict(list)
        for place, call in enumerate(calls):
            alike[call.statement].append(place)
        answers: list[list[Row]] = [[] for _ in calls]
        for statement, places in alike.items():
            text, constants = self._statements[statement]
            form = self._statements.formed[statement].form
            if form is Form.LOCK:
                text += " SKIP LOCKED"
            sets = [constants | calls[place].parameters for place in places]
            alone = form is Form.ONE_BY_ONE or calls[places[0]].all_rows or len(places) == 1 or not sets[0]
            if alone:
                for place, one in zip(places, sets, strict=True):
                    answers[place] = self._rows(text, one)
                continue
            for number, *row in self._rows(*question_of_many(text, sets)):
                answers[places[number - 1]].append(tuple(row))
        return answers

    def settle(self, units: Sequence[Sequence[Write]], *, commit: bool) -> list[list[Row] | Conflict]:
        """Make the changes, and commit if told; for each unit nothing, or why its changes were refused and left out."""
        answers: list[list[Row] | Conflict] = [[] for _ in units]
        end = [b"COMMIT"] if commit else []
        try:
            self._execute(chain([_MARK], self._filled(units), end))
        except Conflict:
            self._execute([_UNDO])
            answers = [self._try(unit) for unit in units]
            if commit:
                self._execute(end)
        if commit:
            self._opening = b"BEGIN; "
        return answers

    def _try(self, unit: Sequence[Write]) -> list[Row] | Conflict:
        try:
            self._execute(chain([_MARK], self._filled([unit])))
        except Conflict as refusal:
            self._execute([_UNDO])
            return refusal
        return []

    def _rows(self, text: str, parameters: dict[str, Any]) -> list[Row]:
        self._execute(self._prepared.filled(*one) for one in [(text, parameters)])
        return list(self._cursor.fetchall())

    def _filled(self, units: Sequence[Sequence[Write]]) -> Iterator[bytes]:
        """All changes; the first of every unit come first, and those that are alike become one."""
        for step in zip_longest(*units):
            alike: dict[ClauseElement, list[dict[str, Any]]] = defaultdict(list)
            for statement, parameters in filter(None, step):
                alike[statement].append(parameters)
            for statement, sets in alike.items():
                text, constants = self._statements[statement]
                formed = self._statements.formed[statement]
                for change in changes_of_many(text, formed, [constants | one for one in sets]):
                    yield self._prepared.filled(*change)

    def _execute(self, texts: Iterable[bytes]) -> None:
        """Send them in one go. That they are filled only now may prepare them, which fails like the sending."""
        try:
            text = b"; ".join(texts)
            opening, self._opening = self._opening, b""
            self._cursor.execute(opening + text)
        except self._statements.errors as error:
            raise self._statements.translated(error) from error
