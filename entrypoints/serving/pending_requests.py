"""Requests whose headers have not all come."""

from typing import Final, Protocol

MOST: Final = 128
"""An ordinary client sends its headers at once; more connections that are slow with it are an attack, at 20 KB each."""


class PendingRequest(Protocol):
    """A connection whose next request has begun, or is awaited for the first time."""

    def hang_up(self) -> None:
        """End the connection."""


class PendingRequests:
    """Keeps `MOST` of them: for each one beyond, the connection that has taken longest is ended."""

    def __init__(self) -> None:
        self._waiting: dict[PendingRequest, None] = {}  # in the order in which they were added

    def add(self, request: PendingRequest) -> None:
        """Its headers are awaited from now on."""
        self._waiting[request] = None
        if len(self._waiting) > MOST:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            oldest.hang_up()

    def __len__(self) -> int:
        return len(self._waiting)

    def remove(self, request: PendingRequest) -> None:
        """Its headers came, or the client is gone."""
        self._waiting.pop(request, None)
