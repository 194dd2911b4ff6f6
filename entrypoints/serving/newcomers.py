"""Connections that have not said yet what they want."""

from typing import Final, Protocol

MOST: Final = 128
"""An ordinary client sends its headers at once; so many that are slow with it are an attack, at 20 KB for each."""


class Newcomer(Protocol):
    """A connection whose headers are awaited."""

    def hang_up(self) -> None: ...


class Newcomers:
    """Keeps so many at most: for each that comes beyond, the one that has taken longest has to go."""

    def __init__(self) -> None:
        self._waiting: dict[Newcomer, None] = {}  # in the order in which they came

    def add(self, newcomer: Newcomer) -> None:
        """Its headers are awaited from now on."""
        self._waiting[newcomer] = None
        if len(self._waiting) > MOST:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            oldest.hang_up()

    def __len__(self) -> int:
        return len(self._waiting)

    def remove(self, newcomer: Newcomer) -> None:
        """Its headers came, or it is gone."""
        self._waiting.pop(newcomer, None)
