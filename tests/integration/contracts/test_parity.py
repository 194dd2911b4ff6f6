"""The storages do the same: whatever people do, each agrees with one simple model of what a chat is."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chat_domain.model.errors import ClientKeyReused, LastOwner, MessageIsDeleted, RoomNotFound
from chat_domain.model.events import (
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomChanged,
    RoomEvent,
    UserJoined,
    UserLeft,
)
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Member, Role
from chat_domain.model.messages import Message
from chat_domain.model.rooms import RoomKind
from chat_domain.model.users import Person
from chat_domain.model.values import ClientKey, DisplayName, MessageBody, RoomDescription, RoomName
from chat_domain.model.views import LogSpan
from tests.integration.contracts import model
from tests.integration.contracts.homes import Home

USERNAMES = ("ann", "bob", "carl", "dora")
SOMEBODY = st.integers(0, len(USERNAMES) - 1)
A_TEXT = st.sampled_from(["hello", "@ann", "@bob @carl.", "Ünï 😀\nline", "@dora @nobody"])
A_KEY = st.sampled_from([None, None, "key 1", "key 2"])
ANY = st.integers(0, 1_000)


class PeopleChat(RuleBasedStateMachine):
    """People do what people do; after each step the room that it was about is as the model has it."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self.home = home
        self.chat = home.chat()
        self.people = [self.chat.register(username) for username in USERNAMES]
        self.names = dict.fromkeys(self.people, "")
        self.rooms: dict[RoomId, model.Room] = {}
        self.touched: RoomId | None = None

    @rule(owner=SOMEBODY, kind=st.sampled_from([RoomKind.PUBLIC, RoomKind.PRIVATE]))
    def open_room(self, owner: int, kind: RoomKind) -> None:
        user, name = self.people[owner], RoomName(f"room {len(self.rooms)}")
        view = self.chat.rooms.create(user, name=name, description=RoomDescription(), kind=kind)
        self.rooms[view.room.id] = self.model_room(kind, str(name))
        self.rooms[view.room.id].join(user, by=user, role=Role.OWNER)
        self.touched = view.room.id

    @rule(opener=SOMEBODY, others=st.sets(SOMEBODY, max_size=2))
    def open_direct_room(self, opener: int, others: set[int]) -> None:
        user, people = self.people[opener], {self.people[other] for other in (opener, *others)}
        view, new = self.chat.rooms.open_direct(user, others=people)
        assert new == (view.room.id not in self.rooms)
        room = self.rooms.setdefault(view.room.id, self.model_room(RoomKind.DIRECT, None, sorted(people)))
        room.reunite(by=user)
        self.touched = view.room.id

    @precondition(lambda self: self.rooms)
    @rule(user=SOMEBODY, place=ANY)
    def join(self, user: int, place: int) -> None:
        id, room = self.pick(place)
        if room.kind is RoomKind.PUBLIC or self.people[user] in room.members:
            self.chat.members.join(self.people[user], id)
            room.join(self.people[user], by=self.people[user])
        else:
            with pytest.raises(RoomNotFound):
                self.chat.members.join(self.people[user], id)

    @precondition(lambda self: self.occupied())
    @rule(place=ANY, who=ANY)
    def leave(self, place: int, who: int) -> None:
        id, room, user = self.pick_member(place, who)
        assert not self.chat.members.leave(user, id).joined
        room.leave(user, by=user)

    @precondition(lambda self: self.owned())
    @rule(place=ANY, user=SOMEBODY, role=st.sampled_from(Role))
    def put(self, place: int, user: int, role: Role) -> None:
        id, room, owner = self.pick_owner(place)
        if room.is_last_owner(self.people[user]) and role is not Role.OWNER:
            with pytest.raises(LastOwner):
                self.chat.members.put(owner, id, self.people[user], role)
            return
        _, new = self.chat.members.put(owner, id, self.people[user], role)
        assert new == (self.people[user] not in room.members)
        if new:
            room.join(self.people[user], by=owner, role=role)
        else:
            room.give_role(self.people[user], role, by=owner)

    @precondition(lambda self: self.owned())
    @rule(place=ANY, who=ANY)
    def remove(self, place: int, who: int) -> None:
        id, room, owner = self.pick_owner(place)
        others = [member for member in room.members if member != owner]
        if others:
            self.chat.members.remove(owner, id, UserId(others[who % len(others)]))
            room.leave(others[who % len(others)], by=owner)

    @precondition(lambda self: self.occupied())
    @rule(place=ANY, who=ANY, text=A_TEXT, key=A_KEY)
    def post(self, place: int, who: int, text: str, key: str | None) -> None:
        id, room, user = self.pick_member(place, who)
        first = room.sent_with(user, key)
        if first and first.asked != text:
            with pytest.raises(ClientKeyReused):
                self.send(user, id, text, key)
            return
        message, new = self.send(user, id, text, key)
        assert new == (first is None)
        if first is None:
            room.post(user, message.id, text, key)
        else:
            assert (message.id, message.seq) == (first.id, first.seq)

    @precondition(lambda self: self.talked())
    @rule(place=ANY, which=ANY, text=A_TEXT)
    def edit(self, place: int, which: int, text: str) -> None:
        id, room, said = self.pick_said(place, which)
        user, message, body = UserId(said.sender), MessageId(said.id), MessageBody(text)
        if said.text is None:
            with pytest.raises(MessageIsDeleted):
                self.chat.messaging.edit(user, room=id, message=message, body=body)
        else:
            assert self.chat.messaging.edit(user, room=id, message=message, body=body).body == body
            room.edit(said, text)

    @precondition(lambda self: self.talked())
    @rule(place=ANY, which=ANY)
    def delete(self, place: int, which: int) -> None:
        id, room, said = self.pick_said(place, which)
        assert self.chat.messaging.delete(UserId(said.sender), room=id, message=MessageId(said.id)).deleted
        room.delete(said, by=said.sender)

    @precondition(lambda self: self.occupied())
    @rule(place=ANY, who=ANY, seq=st.integers(0, 40))
    def mark_read(self, place: int, who: int, seq: int) -> None:
        id, room, user = self.pick_member(place, who)
        self.chat.reading.mark_read(user, id, Seq(seq))
        room.members[user].read = max(room.members[user].read, min(seq, len(room.log)))

    @precondition(lambda self: self.owned())
    @rule(place=ANY, name=st.sampled_from(["lobby", "Küche", "%"]))
    def rename_room(self, place: int, name: str) -> None:
        id, room, owner = self.pick_owner(place)
        self.chat.rooms.change(owner, id, name=RoomName(name), description=None)
        room.rename(name, by=owner)

    @rule(user=SOMEBODY, name=st.sampled_from(["", "Änn", "Bob B."]))
    def rename_oneself(self, user: int, name: str) -> None:
        self.chat.accounts.change(self.people[user], name=DisplayName(name))
        self.names[self.people[user]] = name

    @rule()
    def restart(self) -> None:
        self.chat = self.home.chat()

    @invariant()
    def the_room_is_as_in_the_model(self) -> None:
        if self.touched is not None:
            self.compare(self.touched, self.rooms[self.touched])

    def teardown(self) -> None:
        for id, room in self.rooms.items():
            self.compare(id, room)
        for user in self.people:
            with self.chat.storage.snapshot() as seen:
                mine = [id for id, room in self.rooms.items() if user in room.members]
                views = seen.views.joined(user, "", after=RoomId(0), limit=100)
                assert list(views) == [seen.views.of(user, id) for id in sorted(mine)]
                spans = {id: LogSpan(Seq(1), Seq(len(self.rooms[id].log))) for id in mine}
                assert dict(seen.log.spans(user)) == spans
                public = [id for id, room in self.rooms.items() if room.kind is RoomKind.PUBLIC]
                found = seen.views.public(user, "", after=RoomId(0), limit=100)
                assert [view.room.id for view in found] == sorted(public)
        self.home.close()

    def compare(self, id: RoomId, room: model.Room) -> None:
        """Fail unless the storage has the room as the model has it."""
        with self.chat.storage.snapshot() as seen:
            page = seen.log.after(id, Seq(0), limit=1_000)
            history = seen.messages.before(id, None, limit=1_000)
            members = seen.memberships.in_room(id, after=UserId(0), limit=100)
            views = [seen.views.of(member.person.id, id) for member in members]
        assert [event.seq for event in page.events] == list(range(1, page.span.last_seq + 1))
        assert [self.told(event) for event in page.events] == [self.expected(*entry) for entry in room.log]
        assert [self.shown(message) for message in history] == [self.wanted(said) for said in room.said]
        assert {member.person.id: (member.role, member.joined_seq, member.read_seq) for member in members} == {
            user: (member.role, member.since, member.read) for user, member in room.members.items()
        }
        for view in views:
            user = view.viewer.id
            assert (view.room.kind, view.room.name and str(view.room.name)) == (room.kind, room.name)
            assert (view.member_count, view.room.last_seq) == (len(room.members), len(room.log))
            assert (view.unread, view.mentions) == (len(room.unread(user)), len(room.mentioning(user)))

    def told(self, event: RoomEvent) -> tuple[object, ...]:
        """What an event of the storage says."""
        match event:
            case UserJoined(user=user) | UserLeft(user=user):
                about: object = self.called(user)
            case RoomChanged(member=Member(person, role)):
                about = (self.called(person), role)
            case RoomChanged(name=name):
                about = str(name)
            case MessagePosted() | MessageEdited() | MessageDeleted():
                about = self.shown(event.message)
            case _:
                about = event
        return type(event), self.called(event.actor), about

    def expected(self, kind: type[RoomEvent], by: int, about: object) -> tuple[object, ...]:
        """What an event of the model says."""
        match about:
            case model.Said():
                about = self.wanted(about)
            case int():
                about = (about, self.names[UserId(about)])
            case int(user), Role() as role:
                about = ((user, self.names[UserId(user)]), role)
        return kind, (by, self.names[UserId(by)]), about

    def called(self, person: Person) -> tuple[int, str]:
        return person.id, str(person.name)

    def shown(self, message: Message) -> tuple[object, ...]:
        return message.id, message.seq, self.called(message.sender), str(message.body) or None

    def wanted(self, said: model.Said) -> tuple[object, ...]:
        return said.id, said.seq, (said.sender, self.names[UserId(said.sender)]), said.text

    def send(self, user: UserId, room: RoomId, text: str, key: str | None) -> tuple[Message, bool]:
        self.chat.clock.advance(seconds=1)
        client_key = ClientKey(key) if key else None
        return self.chat.messaging.post(user, room=room, body=MessageBody(text), key=client_key, reply_to=None)

    def model_room(self, kind: RoomKind, name: str | None, people: Sequence[int] = ()) -> model.Room:
        return model.Room(kind, name, dict(zip(self.people, USERNAMES, strict=True)), list(people))

    def pick(self, place: int, among: Sequence[RoomId] = ()) -> tuple[RoomId, model.Room]:
        ids = among or list(self.rooms)
        self.touched = ids[place % len(ids)]
        return self.touched, self.rooms[self.touched]

    def occupied(self) -> list[RoomId]:
        """Rooms with somebody in them."""
        return [id for id, room in self.rooms.items() if room.members]

    def pick_member(self, place: int, who: int) -> tuple[RoomId, model.Room, UserId]:
        id, room = self.pick(place, self.occupied())
        return id, room, UserId(sorted(room.members)[who % len(room.members)])

    def owned(self) -> list[RoomId]:
        """Rooms with an owner."""
        owners = {id: [m.role is Role.OWNER for m in room.members.values()] for id, room in self.rooms.items()}
        return [id for id, are_owners in owners.items() if any(are_owners)]

    def pick_owner(self, place: int) -> tuple[RoomId, model.Room, UserId]:
        id, room = self.pick(place, self.owned())
        return id, room, UserId(next(user for user, member in room.members.items() if member.role is Role.OWNER))

    def talked(self) -> list[RoomId]:
        """Rooms with a message of somebody who is still in them."""
        return [id for id, room in self.rooms.items() if any(said.sender in room.members for said in room.said)]

    def pick_said(self, place: int, which: int) -> tuple[RoomId, model.Room, model.Said]:
        id, room = self.pick(place, self.talked())
        own = [said for said in room.said if said.sender in room.members]
        return id, room, own[which % len(own)]


def test_each_storage_does_what_the_model_does(new_home: Callable[[], Home]) -> None:
    class PeopleChatHere(PeopleChat):
        def __init__(self) -> None:
            super().__init__(new_home())

    run_state_machine_as_test(
        PeopleChatHere,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
