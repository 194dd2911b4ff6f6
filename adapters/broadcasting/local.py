"""The bus of a process that has the storage to itself."""

import logging
from collections.abc import Callable, Sequence

from chat_domain.model.ephemeral import AnyEvent
from chat_domain.ports.broadcasting import Broadcaster

_log = logging.getLogger(__name__)


class LocalBroadcaster(Broadcaster):
    """Hands events straight to the subscribers of this process."""

    def __init__(self) -> None:
        self._receivers: list[Callable[[Sequence[AnyEvent]], None]] = []

    def publish(self, events: Sequence[AnyEvent]) -> None:
        for receive in self._receivers:
            try:
                receive(events)
            except Exception:  # noqa: BLE001 - a committed change stands, whichever subscriber fails
                _log.exception("events could not be handed on")

    def subscribe(self, receive: Callable[[Sequence[AnyEvent]], None]) -> None:
        self._receivers.append(receive)

    def is_current(self) -> bool:
        return True

    def hears_all(self) -> bool:
        return True

    def check(self) -> None:
        """There is no other process to reach."""

    def open(self) -> None:
        """There is nothing to connect."""

    def close(self) -> None:
        """There is nothing to disconnect."""
