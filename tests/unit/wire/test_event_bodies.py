"""Every kind of event goes out as the description says of its kind."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from chat_domain.model.ephemeral import EphemeralEvent
from chat_domain.model.events import (
    DAMAGED,
    KINDS,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomChanged,
    RoomEvent,
    UnknownEvent,
    UserJoined,
    UserLeft,
)
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.memberships import Member, Role
from chat_domain.model.values import RoomDescription, RoomName
from entrypoints.wire import schemas
from entrypoints.wire.events import event_body
from entrypoints.wire.schemas import EventBody
from tests.builders import NOON, a_message, a_person

PLACE = (RoomId(10), Seq(5), NOON, a_person())
EVENTS = [
    MessagePosted(*PLACE, a_message()),
    MessageEdited(*PLACE, a_message()),
    MessageDeleted(*PLACE, a_message().erased()),
    UserJoined(*PLACE, a_person("bob", id=2)),
    UserLeft(*PLACE, a_person("bob", id=2)),
    RoomChanged(*PLACE, RoomName("Garden"), RoomDescription("")),
    RoomChanged(*PLACE, member=Member(a_person("bob", id=2), Role.MODERATOR)),
]
DESCRIBED: TypeAdapter[Any] = TypeAdapter(EventBody)


def test_there_is_an_example_of_every_kind() -> None:
    assert {type(event) for event in EVENTS} == set(KINDS.values())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_it_has_what_its_kind_promises_and_nothing_else(event: RoomEvent) -> None:
    body = event_body(event)
    assert DESCRIBED.validate_python(body, strict=True) == body


def test_no_kind_has_the_name_of_another_push() -> None:
    others = {kind.KIND for kind in get_args(EphemeralEvent)} | {"receive_message", "connect", "disconnect", DAMAGED}
    assert not others & set(KINDS)


def test_of_an_unknown_kind_there_is_its_place_and_its_name() -> None:
    body = event_body(UnknownEvent(*PLACE, "from_the_future", {"colour": "red"}))
    assert TypeAdapter(schemas.UnknownEvent).validate_python(body, strict=True) == body
    assert body["type"] == "from_the_future"
