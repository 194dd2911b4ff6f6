"""Holds units of work to the rules that UnitOfWork states, the same in every storage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import isfunction, signature
from operator import attrgetter
from threading import get_ident
from typing import Any, Final

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
    for name, methods in _METHODS.items():
        setattr(work, name, _Kept(getattr(work, name), methods, course))


@dataclass(frozen=True, slots=True)
class _Method:
    """A method of a repository, as its port declares it."""

    name: str
    loads: bool
    changes: bool
    place: int
    """Which of its parameters tells the room; -1 if none does."""
    parameter: str

    def room(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> object:
        """The room that a call concerns; None if it concerns no room."""
        if self.place < 0:
            return None
        told = keywords[self.parameter] if self.parameter in keywords else arguments[self.place]
        return _ROOM_BY_PARAMETER[self.parameter](told)


class _Course:
    """How far a unit of work in this room has come."""

    def __init__(self, room: RoomId) -> None:
        self._room = room
        self._has_changed = False

    def call(self, method: _Method, run: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401 - whatever the port says
        """Call the method if that is within the rules."""
        if (method.loads or method.changes) and method.room(arguments, keywords) != self._room:
            raise BrokenRule(
                f"{method.name} is not about room {self._room}, which the unit of work names: it loads and changes"
                " nothing else. Begin it without a room."
            )
        if self._has_changed and (method.loads or not method.changes):
            raise BrokenRule(
                f"{method.name} reads after a change, in a unit of work that names room {self._room}:"
                " let it read everything first, or begin it without a room."
            )
        self._has_changed = self._has_changed or method.changes
        return run(*arguments, **keywords)


class _Kept:
    """A repository, of which each call is looked at before it is made."""

    __slots__ = ("_course", "_methods", "_repository")

    def __init__(self, repository: object, methods: Mapping[str, _Method], course: _Course) -> None:
        self._repository = repository
        self._methods = methods
        self._course = course

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a method as the port says
        attribute = getattr(self._repository, name)
        method = self._methods.get(name)
        return partial(self._course.call, method, attribute) if method else attribute


def _methods_of(port: type) -> dict[str, _Method]:
    return {name: _method(port, name) for name, value in vars(port).items() if isfunction(value) and name[0] != "_"}


def _method(port: type, name: str) -> _Method:
    declared = signature(getattr(port, name))
    _, *parameters = declared.parameters
    place = next((place for place, parameter in enumerate(parameters) if parameter in _ROOM_BY_PARAMETER), -1)
    return _Method(
        f"{port.__name__}.{name}",
        loads=hasattr(getattr(port, name), LOADS),
        changes=declared.return_annotation is None,
        place=place,
        parameter=parameters[place] if place >= 0 else "",
    )


_METHODS: Final = {name: _methods_of(port) for name, port in Snapshot.__annotations__.items()}
