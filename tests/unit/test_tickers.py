"""What a process does again and again while it serves."""

from collections.abc import Sequence

import pytest

from adapters.broadcasting.local import LocalBroadcaster
from chat_domain.model.ephemeral import AnyEvent
from entrypoints.serving.tickers import Ticker, consumer_tickers, tickers
from tests.builders import Chat, a_chat
from tests.doubles.consumers import RecordingConsumer
from tests.unit.delivery.consuming import Consuming
from tests.unit.delivery.held import seqs


class FailingBroadcaster(LocalBroadcaster):
    """Hands nothing on while it fails."""

    fails = False

    def publish(self, events: Sequence[AnyEvent]) -> None:
        if not self.fails:
            super().publish(events)


def ticker(chat: Chat, name: str, *, is_alone: bool) -> Ticker:
    return next(each for each in tickers(chat.delivery, chat.presence, is_alone=is_alone) if each.name == name)


@pytest.mark.parametrize(("is_alone", "seconds"), [(False, 1), (True, 30)])
def test_what_could_not_be_handed_on_is_found_in_a_while_also_by_a_process_alone(is_alone: bool, seconds: int) -> None:
    broadcaster = FailingBroadcaster()
    chat = a_chat(broadcaster=broadcaster)
    ann = chat.register("ann")
    room = chat.open_room(ann)
    chat.connect("a", ann)
    broadcaster.fails = True
    chat.say(ann, room)
    poll = ticker(chat, "poll", is_alone=is_alone)
    assert poll.seconds == seconds
    assert seqs(chat, "a", room) == []
    poll.action()
    assert seqs(chat, "a", room) == [2]


def test_the_heads_are_told_within_5_s() -> None:
    assert ticker(a_chat(), "heads", is_alone=True).seconds < 5


def test_each_consumer_goes_on_by_itself_and_their_lock_is_renewed_in_time() -> None:
    world = Consuming(RecordingConsumer("one"), RecordingConsumer("other"))
    room = world.chat.open_room(world.ann)
    lock, one, other = consumer_tickers(world.process)
    assert lock.seconds == 1
    assert one.seconds == other.seconds == 0.1
    other.action()
    assert [consumer.seqs(room) for consumer in world.consumers] == [[], [1]]
