"""Presence: online while one has a connection, offline a while after the last one went."""

from collections import deque
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from chat_domain.model.ephemeral import PresenceChanged
from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Right
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.clock import Clock
from chat_domain.ports.presence import Presence
from chat_domain.ports.storage import Storage
from chat_domain.services.people import findable

GRACE: Final = timedelta(seconds=10)
"""How long somebody without a connection still counts as online: a reload is not a departure."""


class PresenceService:
    """Tells who is online."""

    def __init__(self, *, storage: Storage, presence: Presence, broadcaster: Broadcaster, clock: Clock) -> None:
        self._storage = storage
        self._presence = presence
        self._broadcaster = broadcaster
        self._clock = clock
        self._untold: deque[UserId] = deque()  # who went, while the storage was away

    def arrive(self, user_id: UserId) -> None:
        """The user has one more connection."""
        if self._presence.arrive(user_id):
            self._tell(user_id, online=True)

    def depart(self, user_id: UserId) -> None:
        """The user has one connection less."""
        self._presence.depart(user_id, self._clock.now())

    def sweep(self) -> None:
        """Take users offline who have been without a connection for GRACE; to be called about every second.

        Raises Unavailable; then the next call tells of them.
        """
        self._untold.extend(self._presence.collect_gone(self._clock.now() - GRACE))
        while self._untold:
            self._tell(self._untold[0], online=False)
            self._untold.popleft()

    def online(self, actor: UserId, user_ids: Collection[UserId]) -> list[UserId]:
        """Those of the users who are online, as far as the actor may find them."""
        with self._storage.lookup() as seen:
            rights = seen.users.rights(actor)
        rights.require(Right.READ)
        if not rights.include(Right.FIND_EVERYBODY):
            with self._storage.lookup() as seen:
                known = findable(seen, rights, actor, user_ids)
            user_ids = [user_id for user_id in user_ids if user_id in known]
        return [user_id for user_id in user_ids if self._presence.is_online(user_id)]

    def is_online(self, user_id: UserId) -> bool:
        """Whether the user is online."""
        return self._presence.is_online(user_id)

    def _tell(self, user_id: UserId, *, online: bool) -> None:
        with self._storage.snapshot() as seen:
            rooms = tuple(seen.log.spans(user_id))
        if self._presence.is_online(user_id) is online:  # else they came back meanwhile
            self._broadcaster.publish([PresenceChanged(user_id, online, self._clock.now(), rooms)])
