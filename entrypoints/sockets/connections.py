"""The connections of this process, and how many a user or an address may have."""

from collections import Counter
from typing import Final, TypeVar

from chat_domain.model.errors import TooMany
from chat_domain.model.identifiers import UserId
from chat_domain.model.sessions import Actor

Key = TypeVar("Key")

_WORTH_A_RETRY_AFTER: Final = 30.0


class Connections:
    """Counts Engine.IO connections by address, and Socket.IO sockets by user. A limit of 0 is none."""

    def __init__(self, *, most_per_user: int, most_per_address: int) -> None:
        self._most_per_user = most_per_user
        self._most_per_address = most_per_address
        self._addresses: dict[str, str] = {}
        self._by_address: Counter[str] = Counter()
        self._actors: dict[str, Actor] = {}
        self._by_user: Counter[UserId] = Counter()

    def require_room_at(self, address: str) -> None:
        """Raise TooMany if the address has as many connections as it may."""
        if 0 < self._most_per_address <= self._by_address[address]:
            raise TooMany("Too many connections from this address.", retry_after=_WORTH_A_RETRY_AFTER)

    def opened(self, engine_id: str, address: str) -> None:
        """An Engine.IO connection was opened from this address."""
        self._addresses[engine_id] = address
        self._by_address[address] += 1

    def closed(self, engine_id: str) -> None:
        """The connection was closed."""
        address = self._addresses.pop(engine_id, None)
        if address is not None:
            _count_down(self._by_address, address)

    def add(self, socket: str, actor: Actor) -> None:
        """Add a socket of this actor; raises TooMany if its user has as many as allowed."""
        if 0 < self._most_per_user <= self._by_user[actor.user_id]:
            raise TooMany(f"At most {self._most_per_user} connections for each user.", retry_after=_WORTH_A_RETRY_AFTER)
        self._actors[socket] = actor
        self._by_user[actor.user_id] += 1

    def remove(self, socket: str) -> Actor | None:
        """Forget the socket; its actor, or None if the socket is not known (any more)."""
        actor = self._actors.pop(socket, None)
        if actor is not None:
            _count_down(self._by_user, actor.user_id)
        return actor

    def actor(self, socket: str) -> Actor | None:
        """The actor whose socket it is."""
        return self._actors.get(socket)


def _count_down(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
