"""The bus and the presence of a process that has the storage to itself."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.broadcasting.headcount import Headcount
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.identifiers import UserId
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.presence import Presence

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


class LocalPresence(Presence):
    """Knows the users who are connected to this process."""

    def __init__(self) -> None:
        self._here = Headcount()

    def arrive(self, user_id: UserId) -> bool:
        return self._here.arrive(user_id)

    def depart(self, user_id: UserId, at: datetime) -> None:
        self._here.depart(user_id, at)

    def collect_gone(self, before: datetime) -> Sequence[UserId]:
        return self._here.collect_gone(before)

    def is_online(self, user_id: UserId) -> bool:
        return user_id in self._here
