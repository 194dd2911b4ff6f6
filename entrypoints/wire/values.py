"""Fields of requests: the domain's value objects and identifiers, as pydantic parses and OpenAPI describes them."""

from typing import Annotated, Final

from pydantic import Field, PlainValidator, Strict, WithJsonSchema

from chat_domain.model.errors import Invalid
from chat_domain.model.identifiers import LARGEST_ID
from chat_domain.model.values import (
    ClientKey,
    DisplayName,
    Email,
    MessageBody,
    Password,
    RoomDescription,
    RoomName,
    Username,
)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Invalid("This must be text.", code="type")
    return value


def _schema(shortest: int, longest: int, **more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": shortest, "maxLength": longest, **more})


UsernameField = Annotated[Username, PlainValidator(lambda value: Username(_text(value))), _schema(2, 32)]
DisplayNameField = Annotated[DisplayName, PlainValidator(lambda value: DisplayName(_text(value))), _schema(0, 80)]
EmailField = Annotated[Email, PlainValidator(lambda value: Email(_text(value))), _schema(3, 254, format="email")]
PasswordField = Annotated[
    Password, PlainValidator(lambda value: Password(_text(value))), _schema(8, 128, format="password")
]
RoomNameField = Annotated[RoomName, PlainValidator(lambda value: RoomName(_text(value))), _schema(1, 80)]
RoomDescriptionField = Annotated[
    RoomDescription, PlainValidator(lambda value: RoomDescription(_text(value))), _schema(0, 500)
]
MessageField = Annotated[
    MessageBody, PlainValidator(lambda value: MessageBody(_text(value)).require_text()), _schema(1, 4000)
]
ClientKeyField = Annotated[ClientKey, PlainValidator(lambda value: ClientKey(_text(value))), _schema(1, 128)]
SearchField = Annotated[str, PlainValidator(lambda value: DisplayName(_text(value)).value), _schema(0, 80)]

Id = Annotated[int, Strict(), Field(ge=1, le=LARGEST_ID)]
"""An identifier in JSON: a whole number, and nothing that could be taken for one."""

Place = Annotated[int, Strict(), Field(ge=0, le=LARGEST_ID)]
"""A sequence number in JSON, or zero for the place before the first event."""

IdText = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""An identifier in an address."""

PlaceText = Annotated[int, Field(ge=0, le=LARGEST_ID)]
"""A sequence number in an address."""

Cursor = Annotated[int, Field(ge=0, le=LARGEST_ID)]
"""Where a list goes on: what `next` said."""

LONGEST_PAGE: Final = 200
Limit = Annotated[int, Field(ge=1, le=LONGEST_PAGE)]
