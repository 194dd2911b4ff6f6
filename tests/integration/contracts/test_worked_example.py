"""The kind that the README adds as an example works in every layer with nothing more than it says."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from pydantic import TypeAdapter

from adapters.broadcasting.bus.codec import EventCodec
from chat_domain.model.events import KINDS, RoomEvent
from chat_domain.model.identifiers import Seq
from chat_domain.model.messages import Message
from entrypoints.wire.events import event_body
from entrypoints.wire.schemas import event_schema
from tests.builders import Chat

README = Path(__file__).parents[3] / "README.md"
NAMES = {"ClassVar": ClassVar, "Message": Message, "RoomEvent": RoomEvent, "dataclass": dataclass}


@pytest.fixture
def starred(monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """The kind as the README declares it, listed as it says."""
    section = README.read_text().split("## How to add a kind of event")[1]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    scope: dict[str, Any] = {**NAMES, "__name__": "chat_domain.model.events.messages"}
    exec(re.sub(r"^ {3}", "", code, flags=re.MULTILINE), scope)  # noqa: S102 - the example
    kind: type[Any] = scope["MessageStarred"]
    monkeypatch.setitem(KINDS, kind.KIND, kind)
    return kind


def test_the_readme_names_files_that_are_there() -> None:
    section = README.read_text().split("## How to add a kind of event")[1].split("\n## ")[0]
    named = re.findall(r"`([a-z_]+/[\w/.-]+\.\w+)`", section)
    assert len(named) >= 5
    assert [name for name in named if not (README.parent / name).is_file()] == []


def test_it_is_stored_and_told_and_described(chat: Chat, starred: type[Any]) -> None:
    ann = chat.register("ann")
    room = chat.open_room(ann)
    message = chat.say(ann, room)
    with chat.storage.unit_of_work(room) as work:
        member = work.memberships.of(ann, room)
        event = starred(room, member.room.next_seq, chat.clock.now(), member.person, message)
        work.append(event)
        work.commit()
    assert chat.reading.events(ann, room, after=Seq(2), limit=10).events == (event,)
    assert EventCodec().decode(orjson.loads(EventCodec().encode([event]))) == [event]
    body = event_body(event)
    assert body["type"] == "message_starred"
    assert TypeAdapter(event_schema(starred)).validate_python(body, strict=True) == body
