"""Every kind of event goes out as the description says of its kind."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.log import (
    MessageEdited,
    MessageErased,
    MessagePosted,
    RoleChanged,
    RoomChanged,
    RoomEvent,
    UnknownEvent,
    UserJoined,
    UserLeft,
)
from chat_domain.model.memberships import Role
from chat_domain.model.values import RoomDescription, RoomName
from entrypoints.wire import schemas
from entrypoints.wire.events import event_body
from entrypoints.wire.schemas import KnownEventBody
from tests.builders import NOON, a_message, a_person

PLACE = (RoomId(10), Seq(5), NOON, a_person())
EVENTS = [
    MessagePosted(*PLACE, a_message()),
    MessageEdited(*PLACE, a_message()),
    MessageErased(*PLACE, a_message().erased()),
    UserJoined(*PLACE, a_person("bob", id=2)),
    UserLeft(*PLACE, a_person("bob", id=2)),
    RoomChanged(*PLACE, RoomName("Garden"), RoomDescription("")),
    RoleChanged(*PLACE, a_person("bob", id=2), Role.MODERATOR),
]
DESCRIBED: TypeAdapter[Any] = TypeAdapter(KnownEventBody)


def test_there_is_an_example_of_every_kind() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(RoomEvent)) - {UnknownEvent}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_it_has_what_its_kind_promises_and_nothing_else(event: RoomEvent) -> None:
    body = event_body(event)
    assert DESCRIBED.validate_python(body, strict=True) == body


def test_of_an_unknown_kind_there_is_its_place_and_its_name() -> None:
    body = event_body(UnknownEvent(*PLACE, "from_the_future", {"colour": "red"}))
    assert TypeAdapter(schemas.UnknownEvent).validate_python(body, strict=True) == body
    assert body["type"] == "from_the_future"
