"""The survey: what happened in other processes and no hint told of."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from chat_domain.delivery.arrivals import Arrivals
from chat_domain.delivery.log_reader import LogReader
from chat_domain.delivery.portions import Round, portions
from chat_domain.model.ephemeral import AnyEvent, RoomDeleted
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Audience, Broadcaster
from chat_domain.ports.repositories import AT_A_TIME
from chat_domain.ports.storage import Storage

_TIMES_FOR_ALL_ROOMS: Final = 4
_ROOMS_AT_LEAST: Final = 200
_USERS: Final = 25
"""On SQLite nothing else goes on meanwhile, and each may be in a hundred rooms and more."""
_USERS_IF_MISSED: Final = 500


class Survey:
    """Reads how far the logs of the rooms are that are heard here, and in which rooms connected users are.

    While hints may have been missed each call looks at all rooms. Else they are looked at in turns, to be safe.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        broadcaster: Broadcaster,
        audience: Audience,
        reader: LogReader,
        arrivals: Arrivals,
        receive: Callable[[Sequence[AnyEvent]], None],
    ) -> None:
        self._storage = storage
        self._broadcaster = broadcaster
        self._audience = audience
        self._reader = reader
        self._arrivals = arrivals
        self._receive = receive
        self._rooms = Round(audience.rooms)
        self._users = Round(audience.users)
        self._has_missed = not broadcaster.hears_all()

    def look(self) -> None:
        """Find some of it, or all that happened until now if hints may have been missed. Raises Unavailable."""
        misses = not self._broadcaster.hears_all()
        has_missed, self._has_missed = self._has_missed or misses, True  # until this has come to its end
        for some in portions(self._next_rooms(all=has_missed), AT_A_TIME):
            self._read_on(some)
        self._arrivals.find_unannounced(self._users.next(_USERS_IF_MISSED if has_missed else _USERS))
        self._has_missed = misses

    def _next_rooms(self, *, all: bool) -> Iterable[RoomId]:
        rooms = self._audience.rooms()
        return rooms if all else self._rooms.next(max(_ROOMS_AT_LEAST, len(rooms) // _TIMES_FOR_ALL_ROOMS + 1))

    def _read_on(self, rooms: Sequence[RoomId]) -> None:
        with self._storage.snapshot() as seen:
            heads = seen.log.heads_of(rooms)
        self._receive([RoomDeleted(room_id) for room_id in rooms if room_id not in heads])
        self._reader.read_all(heads)
