"""Things to test with: an account, a room, a message, and a whole chat in memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.broadcasting.local import LocalBroadcaster, LocalPresence
from adapters.memory.storage import MemoryStorage
from chat_domain.delivery.service import DeliveryService
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Membership, Role
from chat_domain.model.messages import Message
from chat_domain.model.rights import Rights, ServerRole
from chat_domain.model.rooms import Room, RoomKind, direct_key
from chat_domain.model.sessions import Actor
from chat_domain.model.users import Person, User
from chat_domain.model.values import (
    ClientKey,
    DisplayName,
    Email,
    MessageBody,
    Password,
    RoomDescription,
    RoomName,
    Username,
)
from chat_domain.model.views import RoomView
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.security import PasswordHasher
from chat_domain.ports.storage import Storage
from chat_domain.services.accounts import AccountService, Registration
from chat_domain.services.members import MemberService
from chat_domain.services.messaging import MessagingService
from chat_domain.services.people import PeopleService
from chat_domain.services.presence import PresenceService
from chat_domain.services.reading import ReadingService
from chat_domain.services.rooms import RoomService
from chat_domain.services.sessions import SessionService, TokenPair
from chat_domain.services.sign_in import Device
from tests.doubles.audience import RecordingAudience
from tests.doubles.clock import SettableClock
from tests.doubles.security import (
    CountingRateLimiter,
    NumberedSecretSource,
    PlainPasswordHasher,
    RememberedTokens,
    ShortListPasswordStrength,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
A_PASSWORD = "correct horse battery"
A_DEVICE = Device(address="192.0.2.1", user_agent="a test")


def a_user(username: str = "ann", *, id: int = 1, email: str | None = None, name: str = "") -> User:
    """An account that is in no storage."""
    return User(
        id=UserId(id),
        username=Username(username),
        name=DisplayName(name),
        email=Email(email) if email else None,
        role=ServerRole.MEMBER,
        created_at=NOON,
    )


def a_person(username: str = "ann", *, id: int = 1) -> Person:
    """Somebody as others see them."""
    return a_user(username, id=id).person


def a_room(
    name: str = "lobby",
    *,
    id: int = 10,
    kind: RoomKind = RoomKind.PUBLIC,
    last_seq: int = 1,
    people: Iterable[int] = (),
) -> Room:
    """A room that is in no storage; `people` are those of a direct one."""
    direct = kind is RoomKind.DIRECT
    return Room(
        id=RoomId(id),
        kind=kind,
        name=None if direct else RoomName(name),
        description=RoomDescription(),
        created_at=NOON,
        last_seq=Seq(last_seq),
        direct_key=direct_key(map(UserId, people)) if direct else None,
    )


def a_membership(
    person: Person | None = None,
    *,
    role: Role = Role.MEMBER,
    account: ServerRole = ServerRole.MEMBER,
    room: Room | None = None,
    joined_seq: int = 1,
) -> Membership:
    """Somebody in a room, in no storage."""
    return Membership(room or a_room(), person or a_person(), role, Rights(account), Seq(joined_seq), Seq(joined_seq))


def a_message(
    text: str = "hello",
    *,
    id: int = 100,
    sender: Person | None = None,
    room: Room | None = None,
    key: str | None = None,
) -> Message:
    """The room's next message, in no storage."""
    return a_membership(sender, room=room).post(
        MessageBody(text), id=MessageId(id), at=NOON, key=ClientKey(key) if key else None, reply_to=None
    )


@dataclass
class Chat:
    """A whole chat, in memory unless told: every service over the same storage, clock, bus and audience."""

    clock: SettableClock
    broadcaster: Broadcaster
    storage: Storage
    audience: RecordingAudience
    tokens: RememberedTokens
    accounts: AccountService
    sessions: SessionService
    people: PeopleService
    rooms: RoomService
    members: MemberService
    messaging: MessagingService
    reading: ReadingService
    presence: PresenceService
    delivery: DeliveryService
    _actors: dict[UserId, Actor] = field(default_factory=dict)

    def register(self, username: str) -> UserId:
        """A new account, made without limits on how many."""
        return self.accounts.create(
            username=Username(username),
            password=Password(A_PASSWORD),
            email=None,
            name=DisplayName(""),
            role=ServerRole.MEMBER,
        ).id

    def open_room(
        self, owner: UserId, *members: UserId, name: str = "lobby", kind: RoomKind = RoomKind.PUBLIC
    ) -> RoomId:
        """A new room with these people in it."""
        room = self.rooms.create(owner, name=RoomName(name), description=RoomDescription(), kind=kind).room.id
        for member in members:
            self.members.put(owner, room, member, Role.MEMBER)
        return room

    def say(
        self,
        actor: UserId,
        room: RoomId,
        text: str = "hello",
        *,
        key: str | None = None,
        reply_to: MessageId | None = None,
    ) -> Message:
        """A message, posted a second after whatever was before, so that no limit is in the way."""
        self.clock.advance(seconds=1)
        client_key = ClientKey(key) if key else None
        return self.messaging.post(actor, room=room, body=MessageBody(text), key=client_key, reply_to=reply_to)[0]

    def log_in(self, username: str, password: str = A_PASSWORD, *, device: Device = A_DEVICE) -> TokenPair:
        """A program signed in."""
        return self.sessions.log_in(username, password, device=device)[1]

    def actor(self, user: UserId) -> Actor:
        """Somebody who calls, always by the same session."""
        if user not in self._actors:
            pair = self.log_in(str(self.accounts.me(user).username))
            self._actors[user] = self.sessions.identify(token=pair.access)
        return self._actors[user]

    def connect(self, connection: str, user: UserId) -> None:
        """A new connection of this user."""
        self.delivery.connect(connection, self.actor(user))

    def view(self, actor: UserId, room: RoomId) -> RoomView:
        """The room as this person sees it now."""
        with self.storage.snapshot() as seen:
            return seen.views.of(actor, room)

    def log(self, room: RoomId) -> list[RoomEvent]:
        """All that ever happened in the room."""
        with self.storage.snapshot() as seen:
            return list(seen.log.after(room, Seq(0), limit=100_000).events)

    def heard(self, connection: str, kind: type[AnyEvent] | None = None) -> list[AnyEvent]:
        """What the connection was told, in order; only of one kind if asked."""
        return [heard for heard in self.audience.heard[connection] if kind is None or isinstance(heard, kind)]


def a_chat(
    *,
    registration: Registration = Registration.OPEN,
    hasher: PasswordHasher | None = None,
    broadcaster: Broadcaster | None = None,
    storage: Storage | None = None,
) -> Chat:
    """A chat with nobody in it. Give another chat's storage to stand for its next process."""
    clock, tokens, audience = SettableClock(NOON), RememberedTokens(), RecordingAudience()
    broadcaster = broadcaster or LocalBroadcaster()
    storage = storage or MemoryStorage(broadcaster)
    hasher, limits = hasher or PlainPasswordHasher(), CountingRateLimiter(clock)
    delivery = DeliveryService(storage=storage, broadcaster=broadcaster, audience=audience, limits=limits, clock=clock)
    broadcaster.subscribe(delivery.receive)
    return Chat(
        clock=clock,
        broadcaster=broadcaster,
        storage=storage,
        audience=audience,
        tokens=tokens,
        accounts=AccountService(
            storage=storage,
            hasher=hasher,
            strength=ShortListPasswordStrength(),
            tokens=tokens,
            limits=limits,
            clock=clock,
            registration=registration,
        ),
        sessions=SessionService(
            storage=storage, hasher=hasher, tokens=tokens, secrets=NumberedSecretSource(), limits=limits, clock=clock
        ),
        people=PeopleService(storage=storage),
        rooms=RoomService(storage=storage, limits=limits, clock=clock),
        members=MemberService(storage=storage, limits=limits, clock=clock),
        messaging=MessagingService(storage=storage, broadcaster=broadcaster, limits=limits, clock=clock),
        reading=ReadingService(storage=storage, limits=limits),
        presence=PresenceService(storage=storage, presence=LocalPresence(), broadcaster=broadcaster, clock=clock),
        delivery=delivery,
    )
