"""What the adapters in memory promise beyond the contracts of their ports."""

import pytest

from adapters.broadcasting.local import LocalBroadcaster
from chat_domain.model.ephemeral import AnyEvent, Typing
from chat_domain.model.identifiers import Seq
from tests.builders import a_chat, a_person, a_room, a_user


def test_a_receiver_that_fails_keeps_nobody_else_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[AnyEvent] = []
    bus = LocalBroadcaster()
    bus.subscribe(lambda _: 1 / 0)  # type: ignore[arg-type]
    bus.subscribe(heard.extend)
    typing = Typing(a_room().id, a_person(), Seq(0))
    bus.publish([typing])
    assert heard == [typing]
    assert "ZeroDivisionError" in caplog.text


def test_what_was_not_committed_is_taken_back_and_told_to_nobody() -> None:
    chat = a_chat()
    ann = chat.register("ann")
    room = chat.open_room(ann)
    chat.connect("a", ann)
    before = chat.log(room), chat.view(ann, room)
    with chat.storage.unit_of_work() as work:
        work.users.add(a_user("bob", id=work.next_id()))
        work.record(Typing(room, a_person("bob"), Seq(0)))
        work.memberships.remove(ann, room)
        work.rooms.remove(room)
    assert (chat.log(room), chat.view(ann, room)) == before
    assert chat.heard("a") == []
    assert chat.register("bob")
