"""A chat in memory with durable consumers, whose hints, lock and storage are in the hands of the test."""

from adapters.memory.storage import MemoryStorage
from chat_domain.delivery.consumer_runner import ConsumerFigures
from chat_domain.delivery.consumers import Consumers
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.consumers import ConsumerLock
from chat_domain.ports.storage import Snapshot, UnitOfWork
from tests.builders import a_chat
from tests.doubles.consumers import RecordingConsumer, SettableLock
from tests.unit.delivery.held import HeldBroadcaster


class LockedStorage(MemoryStorage):
    """With a lock of the test's; Unavailable while it `is_away`."""

    def __init__(self, broadcaster: HeldBroadcaster) -> None:
        super().__init__(broadcaster)
        self.lock = SettableLock()
        self.is_away = False

    def consumer_lock(self) -> ConsumerLock:
        return self.lock

    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        self._require()
        return super().unit_of_work(room)

    def snapshot(self) -> Snapshot:
        self._require()
        return super().snapshot()

    def _require(self) -> None:
        if self.is_away:
            raise Unavailable


class Consuming:
    """Ann, who talks in rooms, and consumers of what she says."""

    def __init__(self, *consumers: RecordingConsumer) -> None:
        self.broadcaster = HeldBroadcaster()
        self.storage = LockedStorage(self.broadcaster)
        self.chat = a_chat(broadcaster=self.broadcaster, storage=self.storage)
        self.ann = self.chat.register("ann")
        self.consumers = list(consumers)
        self.begin()

    def begin(self) -> None:
        """Begin a process, with nothing in its memory."""
        self.process = Consumers(self.consumers, storage=self.storage, clock=self.chat.clock)

    def step(self) -> None:
        """Let each consumer go on once."""
        for runner in self.process.runners:
            runner.step()

    def hint(self) -> None:
        """Hand on every hint that was published."""
        self.process.receive(self.broadcaster.take())

    def lose_hints(self) -> None:
        """Drop every hint that was published."""
        self.broadcaster.take()

    def wait(self, **by: float) -> None:
        """Let time pass, and the consumers go on once."""
        self.chat.clock.advance(**by)
        self.step()

    def say(self, room: RoomId, times: int = 1) -> None:
        """Messages, of which hints are handed on when the test says so."""
        for _ in range(times):
            self.chat.say(self.ann, room)

    def figures(self, place: int = 0) -> ConsumerFigures:
        """How one of the consumers is doing."""
        return self.process.figures()[place]

    def cursor(self, room: RoomId, name: str = "recording") -> Seq:
        """The cursor that is stored."""
        with self.storage.snapshot() as seen:
            return seen.consumers.get(name, room)
