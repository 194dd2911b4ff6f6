"""Statements for one set of parameters, rewritten for many sets: what is sent for each of them is its parameters alone.

The sets come as arrays, one for each parameter, which `unnest` makes rows again.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from adapters.sql.postgresql.forms import Form, Formed
from adapters.sql.postgresql.prepared import PARAMETER

Parameters = dict[str, Any]
Filled = tuple[str, Parameters]

_TYPES: Final = {int: "bigint", str: "text"}


def question_of_many(text: str, sets: Sequence[Parameters]) -> Filled:
    """A query for all sets at once: rows with the number of the set, from 1, in front."""
    wanted, arrays = _as_rows(sets)
    return (
        f'SELECT wanted."#", found.* FROM unnest({wanted}) WITH ORDINALITY AS wanted({_named(arrays)}, "#")'  # noqa: S608
        f" CROSS JOIN LATERAL ({_of_rows(text, arrays)}) AS found"
    ), arrays


def changes_of_many(text: str, formed: Formed, sets: Sequence[Parameters]) -> Iterator[Filled]:
    """One change for all sets if its form allows that, else one for each."""
    if len(sets) == 1 or not formed.parts:
        yield from ((text, one) for one in sets)
        return
    wanted, arrays = _as_rows(sets)
    rows = f"FROM unnest({wanted}) AS wanted({_named(arrays)})"
    begin, end = (_of_rows(part, arrays) for part in formed.parts)
    yield (f"{begin} SELECT {end} {rows}" if formed.form is Form.INSERT else f"{begin} {rows} {end}"), arrays


def _as_rows(sets: Sequence[Parameters]) -> tuple[str, Parameters]:
    """The arrays, and how to name them. What is NULL in all sets has no type, and is left out."""
    arrays = {name: [each[name] for each in sets] for name in sets[0]}
    types = {
        name: next((_TYPES[type(value)] for value in values if value is not None), "")
        for name, values in arrays.items()
    }
    return (
        ", ".join(f"%({name})s::{type}[]" for name, type in types.items() if type),
        {name: values for name, values in arrays.items() if types[name]},
    )


def _named(arrays: Parameters) -> str:
    return ", ".join(f'"{name}"' for name in arrays)  # which may be words of SQL


def _of_rows(text: str, arrays: Parameters) -> str:
    return PARAMETER.sub(lambda found: f'wanted."{found[1]}"' if found[1] in arrays else "NULL", text)
