"""Receipts: which processes have still to confirm that they received what was published."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex

from gevent.event import Event


class Receipt:
    """Complete when every process of `missing` has confirmed, or is gone."""

    def __init__(self, missing: Iterable[str]) -> None:
        self._missing = set(missing)
        self._complete = Event()
        self.wait = self._complete.wait

    def remove(self, origin: str) -> None:
        """This process has confirmed, or is gone."""
        if origin in self._missing:
            self._missing.remove(origin)
            if not self._missing:
                self._complete.set()


class Receipts:
    """The receipts that are waited for, by the token that each confirmation names."""

    def __init__(self) -> None:
        self._open: dict[str, Receipt] = {}

    @contextmanager
    def awaited(self, origins: Iterable[str]) -> Iterator[tuple[str, Receipt]]:
        """A token, and the receipt that these processes confirm by it. Without processes it is never complete."""
        token, receipt = token_hex(8), Receipt(origins)
        self._open[token] = receipt
        try:
            yield token, receipt
        finally:
            del self._open[token]

    def confirm(self, origin: str, token: str) -> None:
        """This process has received everything that was published before the token."""
        if receipt := self._open.get(token):
            receipt.remove(origin)

    def forget(self, origin: str) -> None:
        """This process is gone."""
        for receipt in self._open.values():
            receipt.remove(origin)
