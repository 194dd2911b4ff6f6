"""However the hints come, and whatever happens while the storage is read, each connection hears what it should."""

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chat_domain.model.ephemeral import Typing
from chat_domain.model.errors import ChatError
from chat_domain.model.events import UserJoined, UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from tests.builders import a_person
from tests.unit.delivery.held import Held, seqs

WHO, WHERE, WHICH = st.integers(0, 2), st.integers(0, 1), st.integers(0, 50)
CHANGES = st.tuples(st.sampled_from(["say", "say", "join", "leave", "put", "remove"]), WHO, WHERE)
COMINGS = st.tuples(st.sampled_from(["connect", "connect", "disconnect"]), WHO, WHERE)
HINTS = st.tuples(st.sampled_from(["hand over", "hand over", "double", "beacon"]), WHICH, WHERE)
LOSSES = st.tuples(st.sampled_from(["lose", "doubt", "poll"]), WHICH, WHERE)
INTERRUPTIONS = st.tuples(st.just("interrupt"), st.integers(1, 4), WHERE)
Step = tuple[str, int, int]


def steps(*kinds: st.SearchStrategy[Step]) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.one_of(*kinds), min_size=5, max_size=40)


class World(Held):
    """Three people, two rooms of the first of them, and connections that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [self.ann, self.bob, self.cem]
        self.rooms = [self.room, self.chat.open_room(self.ann, name="other")]
        self.users: dict[str, UserId] = {}
        self.hand_over()

    def run(self, steps: list[Step]) -> None:
        """Take the steps; those that follow an interruption come in the middle of what is read next."""
        while steps:
            what, number, where = steps.pop(0)
            if what == "interrupt":
                inner, steps[:number] = steps[:number], []
                self.storage.afterwards = lambda inner=inner: self.run(inner)
            else:
                with suppress(ChatError):
                    self._step(what, number, self.rooms[where])

    def _step(self, what: str, number: int, room: RoomId) -> None:
        user, chat = self.people[number % 3], self.chat
        guest = self.people[1 + number % 2]  # ann stays in her rooms
        changes: dict[str, Callable[[], object]] = {
            "say": lambda: chat.say(user, room),
            "join": lambda: chat.members.join(guest, room),
            "leave": lambda: chat.members.leave(guest, room),
            "put": lambda: chat.members.put(self.ann, room, guest, Role.MEMBER),
            "remove": lambda: chat.members.remove(self.ann, room, guest),
            "connect": lambda: self._connect(user),
            "disconnect": lambda: self._disconnect(number),
            "beacon": chat.delivery.beacon,
            "poll": chat.delivery.poll,
            "doubt": self._doubt,
            "hand over": lambda: self._hint(number, keep=False, tell=True),
            "double": lambda: self._hint(number, keep=True, tell=True),
            "lose": lambda: self._hint(number, keep=False, tell=False),
        }
        changes[what]()

    def _connect(self, user: UserId) -> None:
        connection = f"c{len(self.users)}"
        self.users[connection] = user
        self.chat.connect(connection, user)

    def _disconnect(self, number: int) -> None:
        if self.users:
            self.chat.audience.disconnect(list(self.users)[number % len(self.users)])

    def _doubt(self) -> None:
        self.bus.current = not self.bus.current

    def _hint(self, number: int, *, keep: bool, tell: bool) -> None:
        if held := self.bus.held:
            hint = held[number % len(held)] if keep else held.pop(number % len(held))
            if tell:
                self.hand_over(hint)

    def listeners(self, room: RoomId) -> set[str]:
        """Who hears what is told to the room."""
        typing = Typing(room, a_person("nobody", id=2**40), Seq(0))
        self.hand_over(typing)
        return {connection for connection in self.users if typing in self.chat.heard(connection)}

    def connections_of_members(self, room: RoomId) -> set[str]:
        """Who should."""
        with self.storage.snapshot() as seen:
            members = {member.person.id for member in seen.memberships.in_room(room, after=UserId(0), limit=9)}
        return {c for c, user in self.users.items() if user in members and self.chat.audience.is_connected(c)}

    def intervals(self, user: UserId, room: RoomId) -> list[range]:
        """From each joining up to, and without, the leaving."""
        found, begin = [], 0
        for event in self.chat.log(room):
            if isinstance(event, UserJoined) and event.user.id == user:
                begin = event.seq
            if isinstance(event, UserLeft) and event.user.id == user:
                found.append(range(begin, event.seq))
                begin = 0
        return found + ([range(begin, 2**53)] if begin else [])

    def check_what_was_heard(self) -> None:
        for room in self.rooms:
            for connection, user in self.users.items():
                heard, intervals = seqs(self.chat, connection, room), self.intervals(user, room)
                places = [next((i for i, interval in enumerate(intervals) if seq in interval), None) for seq in heard]
                assert None not in places, "heard from outside the membership"
                for (a, place_of_a), (b, place_of_b) in pairwise(zip(heard, places, strict=True)):
                    assert b == a + 1 if place_of_a == place_of_b else b > a, "a gap, or something twice"


def a_world_after(steps: list[Step]) -> World:
    world = World()
    world.run(list(steps))
    world.storage.afterwards = None
    return world


@settings(max_examples=100)
@given(steps(CHANGES, COMINGS, HINTS, INTERRUPTIONS, LOSSES))
def test_each_connection_hears_its_rooms_without_gaps_and_never_from_outside_its_membership(steps: list[Step]) -> None:
    a_world_after(steps).check_what_was_heard()


@settings(max_examples=100)
@given(steps(CHANGES, COMINGS, HINTS, INTERRUPTIONS))
def test_when_no_hint_is_lost_all_connections_end_where_the_rooms_are(steps: list[Step]) -> None:
    world = a_world_after(steps)
    world.hand_over()
    for room in world.rooms:
        assert world.listeners(room) == world.connections_of_members(room)
        world.chat.say(world.ann, room, "the last word")
        world.hand_over()
        head = world.chat.log(room)[-1].seq
        for connection in world.connections_of_members(room):
            assert seqs(world.chat, connection, room)[-1] == head
    world.check_what_was_heard()


@settings(max_examples=100)
@given(steps(CHANGES, COMINGS, HINTS, INTERRUPTIONS, LOSSES))
def test_when_hints_are_lost_all_connections_end_where_the_rooms_are_after_a_poll(steps: list[Step]) -> None:
    world = a_world_after(steps)
    world.bus.take()
    world.chat.delivery.poll()
    world.bus.current = True
    for room in world.rooms:
        assert world.listeners(room) == world.connections_of_members(room)
        world.chat.say(world.ann, room, "the last word")
        world.bus.take()
        world.chat.delivery.poll()
        head = world.chat.log(room)[-1].seq
        for connection in world.connections_of_members(room):
            assert seqs(world.chat, connection, room)[-1] == head
    world.check_what_was_heard()
