"""What the mappings of all tables share: times, people, values as they were stored, and search patterns."""

import re
from collections.abc import Callable
from dataclasses import fields, make_dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, ParamSpec, TypeVar, cast

from adapters.sql.tables import users
from chat_domain.model.identifiers import UserId
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.users import Person
from chat_domain.model.values import (
    ClientKey,
    DisplayName,
    Email,
    MessageBody,
    RoomDescription,
    RoomName,
    Username,
)

Fields = ParamSpec("Fields")
Made = TypeVar("Made")
Value = TypeVar("Value", ClientKey, DisplayName, Email, MessageBody, RoomDescription, RoomName, Username)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_IN_NO_NAME: Final = "\x01"
_LONGER_THAN_ANY: Final = 2_000
_SPECIAL: Final = re.compile(r"[\\%_]")

PERSON: Final = (users.c.id, users.c.username, users.c.name)
RIGHTS: Final = (users.c.role, users.c.suspended_at)


# To be frozen costs an object a call for each field. A twin that is not is filled in a quarter of the time, and then
# told what it is.
_TWIN_OF_VALUES: Final[Any] = make_dataclass("Value", ["value"], slots=True)


def restored(kind: type[Value], text: str) -> Value:
    """A value as it was stored, taken on trust: it was valid by the rules of its day, and checking is not for free."""
    value: Value = _TWIN_OF_VALUES(text)
    value.__class__ = kind
    return value


def maker(kind: Callable[Fields, Made]) -> Callable[Fields, Made]:
    """Makes objects of a frozen, slotted dataclass from all their fields, in order, and on trust as well."""
    twin: Any = make_dataclass(kind.__name__, [field.name for field in fields(cast(Any, kind))], slots=True)

    def make(*values: Fields.args, **_: Fields.kwargs) -> Made:
        made = twin(*values)
        made.__class__ = kind
        return cast(Made, made)

    return make


@lru_cache(maxsize=4_096)
def person(id: int, username: str, name: str) -> Person:
    """A person from the columns PERSON; few people wrote the many messages of a page."""
    return Person(UserId(id), restored(Username, username), restored(DisplayName, name))


@lru_cache(maxsize=1_024)
def rights(role: str, suspended_at: int | None) -> Rights:
    """What an account may do, from the columns RIGHTS."""
    return Rights(ServerRole(role), suspended=suspended_at is not None)


def millis(at: datetime) -> int:
    """A time as it is stored."""
    return (at - _EPOCH) // _MILLISECOND


def moment(stored: int) -> datetime:
    """A stored time."""
    return _EPOCH + stored * _MILLISECOND


def storable(text: str) -> str:
    """Text from outside that is no value of the model, with what PostgreSQL or UTF-8 cannot hold replaced."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def containing(query: str) -> str:
    """The LIKE pattern, with a backslash to escape, of casefolded text that contains `query`.

    What cannot be stored cannot be asked for either: it is replaced by something that no name contains.
    """
    text = _UNSTORABLE.sub(_IN_NO_NAME, query.casefold()[:_LONGER_THAN_ANY])
    return "%" + _SPECIAL.sub(r"\\\g<0>", text) + "%"
