"""Statements that PostgreSQL parses and plans once for each connection, which is most of what a short one costs."""

import re
from typing import Any, Final

PARAMETER: Final = re.compile(r"%\((\w+)\)s")


class PreparingCursor:
    """Prepares each statement when a connection runs it for the first time; `known` is kept with the connection.

    `opening` is sent with the first statement, and so costs no trip.
    """

    def __init__(self, cursor: Any, known: dict[str, str], *, opening: str = "") -> None:  # noqa: ANN401 - psycopg2's
        self._cursor = cursor
        self._known = known
        self._opening = opening
        self.fetchone = cursor.fetchone
        self.fetchall = cursor.fetchall

    def execute(self, text: str, parameters: dict[str, Any], /) -> None:
        sent = self._known.get(text) or self._prepare(text)
        opening, self._opening = self._opening, ""
        self._cursor.execute(opening + sent, parameters)

    def filled(self, text: str, parameters: dict[str, Any]) -> bytes:
        """What to send for it, to be executed together with others."""
        sent: bytes = self._cursor.mogrify(self._known.get(text) or self._prepare(text), parameters)
        return sent

    def _prepare(self, text: str) -> str:
        names = list(dict.fromkeys(PARAMETER.findall(text)))
        # psycopg2 takes the statement and its parameters as one text; the server numbers the parameters.
        body = PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", text).replace("%%", "%")
        name = f"parley_{len(self._known)}"
        self._cursor.execute(f"PREPARE {name} AS {body}")
        values = ", ".join(f"%({each})s" for each in names)
        self._known[text] = f"EXECUTE {name} ({values})" if names else f"EXECUTE {name}"
        return self._known[text]
