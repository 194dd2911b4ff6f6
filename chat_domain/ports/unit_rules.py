"""Holds units of work to the rules that UnitOfWork states, the same in every storage."""

from collections.abc import Callable, Mapping
from inspect import isfunction, signature
from operator import attrgetter
from threading import get_ident
from typing import Any, Final, NoReturn

from chat_domain.model.identifiers import RoomId
from chat_domain.ports.repositories import LOADS
from chat_domain.ports.storage import BrokenRule, Snapshot, UnitOfWork

_ROOM_BY_PARAMETER: Final[Mapping[str, Callable[[Any], object]]] = {
    "room_id": lambda room_id: room_id,
    "room": attrgetter("id"),
    "membership": attrgetter("room.id"),
    "event": attrgetter("room_id"),
    "message": attrgetter("room_id"),
}


class UnitsAtWork:
    """The threads and greenlets that are inside a unit of work of one storage."""

    def __init__(self) -> None:
        self._idents: set[int] = set()

    def enter(self) -> None:
        """The caller begins one."""
        ident = get_ident()
        if ident in self._idents:
            raise BrokenRule("a unit of work cannot begin inside another one, nor while one is published")
        self._idents.add(ident)

    def leave(self) -> None:
        """The caller's unit of work, if there is one, has ended, and is published."""
        self._idents.discard(get_ident())


def keep_to_room(work: UnitOfWork, room: RoomId) -> None:
    """From now on the repositories of `work` raise BrokenRule for what it may not do in this room."""
    course = _Course(room)
    for name, guarded in _GUARDED.items():
        setattr(work, name, guarded(getattr(work, name), course))


class _Course:
    """How far a unit of work in this room has come."""

    __slots__ = ("has_changed", "room")

    def __init__(self, room: RoomId) -> None:
        self.room = room
        self.has_changed = False


class _Guarded:
    """A repository, of which each call is looked at before it is made. Its methods are those of a port."""

    __slots__ = ("_course", "_repository")

    def __init__(self, repository: object, course: _Course) -> None:
        self._repository = repository
        self._course = course

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what is no method of the port
        return getattr(self._repository, name)


def _guarded(port: type) -> type[_Guarded]:
    methods = {name: method for name, method in vars(port).items() if isfunction(method) and name[0] != "_"}
    looked_at = {name: _looked_at(f"{port.__name__}.{name}", method) for name, method in methods.items()}
    return type(f"Guarded{port.__name__}", (_Guarded,), {"__slots__": (), **looked_at})


def _looked_at(title: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, looked at before it is made, as its port declares it: this is on the way of every message."""
    name, declared = method.__name__, signature(method)
    changes, loads = declared.return_annotation is None, hasattr(method, LOADS)
    reads, is_of_a_room = loads or not changes, loads or changes
    room_of = _room_of(declared.parameters)

    def call(self: _Guarded, *arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401 - whatever the port says
        course = self._course
        if is_of_a_room and room_of(arguments, keywords) != course.room:
            _refuse(f"{title} is not about room {course.room}, and the unit of work loads and changes nothing else")
        if reads and course.has_changed:
            _refuse(f"{title} reads after a change in room {course.room}, and the unit of work reads before it writes")
        if changes:
            course.has_changed = True
        return getattr(self._repository, name)(*arguments, **keywords)

    return call


def _room_of(parameters: Mapping[str, object]) -> Callable[[tuple[Any, ...], Mapping[str, Any]], object]:
    """How to tell from the arguments of a call which room it concerns; of those without a room it is None."""
    found = [(place, name) for place, name in enumerate(list(parameters)[1:]) if name in _ROOM_BY_PARAMETER]
    if not found:
        return lambda _arguments, _keywords: None
    place, name = found[0]
    of = _ROOM_BY_PARAMETER[name]
    return lambda arguments, keywords: of(keywords[name] if name in keywords else arguments[place])


def _refuse(reason: str) -> NoReturn:
    raise BrokenRule(f"{reason}: see UnitOfWork. One that names no room may do it.")


_GUARDED: Final = {name: _guarded(port) for name, port in Snapshot.__annotations__.items()}
