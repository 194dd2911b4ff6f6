"""What the adapters in memory promise beyond the contracts of their ports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.broadcasting.local import LocalBroadcaster
from adapters.memory.clock import SettableClock
from adapters.memory.security import CountingRateLimiter
from chat_domain.model.ephemeral import AnyEvent, Typing
from chat_domain.model.errors import TooMany
from chat_domain.model.identifiers import Seq
from chat_domain.ports.security import Limit
from tests.builders import a_chat, a_person, a_room, a_user

THREE_A_MINUTE = Limit("three", times=3, seconds=60)


@given(st.lists(st.integers(0, 70), max_size=30))
def test_never_more_than_the_limit_in_any_window(pauses: list[int]) -> None:
    clock = SettableClock()
    limits, allowed = CountingRateLimiter(clock), [clock.now()] * 0
    for pause in pauses:
        clock.advance(seconds=pause)
        recent = [at for at in allowed if (clock.now() - at).total_seconds() < THREE_A_MINUTE.seconds]
        if len(recent) < THREE_A_MINUTE.times:
            limits.hit(THREE_A_MINUTE, "ann")
            allowed.append(clock.now())
        else:
            with pytest.raises(TooMany) as caught:
                limits.hit(THREE_A_MINUTE, "ann")
            assert caught.value.retry_after == 60 - (clock.now() - recent[0]).total_seconds()


def test_limits_and_keys_are_counted_apart() -> None:
    limits = CountingRateLimiter(SettableClock())
    for name in ("one", "other"):
        for key in ("ann", "bob"):
            limits.hit(Limit(name, times=1, seconds=60), key)


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
