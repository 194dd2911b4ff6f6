"""Every kind of event goes out as the description says of its kind."""

from itertools import chain
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from chat_domain.model.ephemeral import EphemeralEvent
from chat_domain.model.events import DAMAGED, KINDS, RoomEvent, UnknownEvent, kind_of
from entrypoints.wire import schemas
from entrypoints.wire.events import event_body
from entrypoints.wire.schemas import EventBody
from tests.events import EXAMPLES, PLACE

DESCRIBED: TypeAdapter[Any] = TypeAdapter(EventBody)


@pytest.mark.parametrize("event", [*chain(*EXAMPLES.values())], ids=kind_of)
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
