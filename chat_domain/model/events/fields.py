"""The fields that each kind of event carries, from which storages, backups and the wire derive what they keep and tell.

A field is a Message, of which a log keeps the seq; a Person or a Member, of whom it keeps the id; or a detail: a text
value or an enumeration of the model, a text, a number or a boolean. A field that may be None may be left out.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

from chat_domain.model.events.base import RoomEvent, UnknownEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.memberships import Member, Role
from chat_domain.model.messages import Message
from chat_domain.model.users import Person

_OF_EVERY_KIND: Final = len(fields(RoomEvent))
_PLAIN: Final = (bool, int, str)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind; `type` is the type of its value where it is not None."""

    name: str
    type: type[Any]
    optional: bool

    @property
    def is_detail(self) -> bool:
        """Whether the field is neither a message nor a person."""
        return self.type not in (Message, Person, Member)


def fields_of(kind: type[RoomEvent]) -> tuple[Field, ...]:
    """The fields that this kind carries beside those of every kind, in their order; none of an UnknownEvent."""
    return (
        () if kind is UnknownEvent else _fields_of(cast("Hashable", kind))
    )  # mypy takes the class of a frozen dataclass for one of its objects


@cache
def _fields_of(kind: Any) -> tuple[Field, ...]:  # noqa: ANN401 - a kind
    types = get_type_hints(kind)
    return tuple(_field(each.name, types[each.name]) for each in fields(kind)[_OF_EVERY_KIND:])


def message_of(event: RoomEvent) -> Message | None:
    """The message that the event carries, as it is after it; None for kinds that carry none."""
    found: list[Message] = [getattr(event, field.name) for field in fields_of(type(event)) if field.type is Message]
    return found[0] if found else None


def details_of(event: RoomEvent) -> dict[str, object]:
    """The details that the event carries, as JSON has them, by name; a member's role is one of them."""
    details: dict[str, object] = {}
    for field in fields_of(type(event)):
        value = getattr(event, field.name)
        if isinstance(value, Member):
            details["role"] = value.role.value
        elif field.is_detail and value is not None:
            details[field.name] = getattr(value, "value", value)
    return details


def restored(
    kind: type[RoomEvent],
    head: tuple[RoomId, Seq, datetime, Person],
    details: object,
    *,
    message: Message | None,
    user: Person | None,
) -> RoomEvent:
    """An event as it was stored: what every kind has, its details as JSON has them, and its message and its user.

    Raises LookupError, TypeError or ValueError where these are not what an event of this kind carries.
    """
    found = _require(details, dict)
    return kind(*head, *(_value(field, found, message, user) for field in fields_of(kind)))


def _value(field: Field, details: Mapping[str, object], message: Message | None, user: Person | None) -> object:
    if field.is_detail:
        value = details.get(field.name) if field.optional else details[field.name]
        return None if value is None and field.optional else _detail(field.type, value)
    about = message if field.type is Message else user
    if about is None:
        if field.optional:
            return None
        raise LookupError(f"the {field.name} is not there")
    if field.type is Member and isinstance(about, Person):
        return Member(about, Role(_require(details["role"], str)))
    return about


def _detail(type: type[Any], value: object) -> object:
    """A value of this type, taken on trust: it was valid by the rules of its day."""
    if type in _PLAIN:
        return _require(value, type)
    text = _require(value, str)
    text.encode()  # raises ValueError for a lone surrogate
    if issubclass(type, StrEnum):
        return type(text)
    made = object.__new__(type)
    object.__setattr__(made, "value", text)
    return made


def _field(name: str, hint: Any) -> Field:  # noqa: ANN401 - a type, as it is written
    parts = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    (type,) = (part for part in parts if part is not NoneType)
    return Field(name, getattr(type, "__supertype__", type), NoneType in parts)


def _require(value: Any, type_: type[Any]) -> Any:  # noqa: ANN401 - JSON
    if type(value) is not type_:
        raise TypeError(f"{type_.__name__} was expected")
    return value
