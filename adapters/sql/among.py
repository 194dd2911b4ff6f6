"""A condition on many numbers at once, which come as one parameter: so that its text is always the same.

How each database says it stands in `sqlite.among` and `postgresql.among`, which its `database` imports.
"""

from collections.abc import Iterable

from sqlalchemy import Boolean
from sqlalchemy.sql.functions import FunctionElement


class IsAmong(FunctionElement[bool]):
    """`IsAmong(column, parameter)`: the column is one of the numbers in the parameter, which `listed` makes."""

    name = "is_among"
    type = Boolean()
    inherit_cache = True


def listed(numbers: Iterable[int]) -> str:
    """The parameter for these numbers."""
    return ",".join(map(str, numbers))
