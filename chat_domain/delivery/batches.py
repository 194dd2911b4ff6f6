"""Batches: many items a few at a time, so that other calls have their turn in between."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


class RoundRobin(Generic[T]):
    """Gives all items in batches, one batch a call, and then begins anew with those of that time."""

    def __init__(self, items: Callable[[], Iterable[T]]) -> None:
        self._items = items
        self._left: list[T] = []

    def next_batch(self, size: int) -> list[T]:
        """The next items, at most `size`."""
        self._left = self._left or list(self._items())
        batch, self._left = self._left[:size], self._left[size:]
        return batch
