"""Portions: much to go through, some at a time."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


def portions(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


class Round(Generic[T]):
    """Goes through everything there is in portions, and then begins anew."""

    def __init__(self, everything: Callable[[], Iterable[T]]) -> None:
        self._everything = everything
        self._left: list[T] = []

    def next(self, size: int) -> list[T]:
        """The next ones, at most so many."""
        self._left = self._left or list(self._everything())
        some, self._left = self._left[:size], self._left[size:]
        return some
