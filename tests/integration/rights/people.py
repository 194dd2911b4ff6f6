"""One chat with a person of every kind, behind both of its doors, and a fresh room for each cell of the table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from chat_domain.model.events import MessagePosted, UserJoined
from chat_domain.model.identifiers import MessageId, RoomId, UserId
from chat_domain.model.memberships import Membership, Role
from chat_domain.model.rights import ServerRole
from chat_domain.model.rooms import Room, RoomKind, direct_key
from chat_domain.model.sessions import Actor
from chat_domain.model.users import User
from chat_domain.model.values import MessageBody, RoomDescription, RoomName
from entrypoints.sockets.connections import Connections
from entrypoints.sockets.dispatcher import Dispatcher
from entrypoints.sockets.events import Events
from tests.builders import NOON
from tests.integration.http.world import Caller, World, a_name
from tests.integration.rights.calls import Ids

IN_THE_ROOM: Final = {
    "member": Role.MEMBER,
    "moderator": Role.MODERATOR,
    "owner": Role.OWNER,
    "admin_in": Role.MEMBER,
    "guest_in": Role.MEMBER,
    "bot_in": Role.MEMBER,
    "suspended": Role.MEMBER,
    "another member": Role.MEMBER,
    "another owner": Role.OWNER,
}
RULING: Final = ("moderator", "owner", "another owner")
"""Nobody is one in a direct conversation."""

ROLES: Final = {"admin": ServerRole.ADMINISTRATOR, "guest": ServerRole.GUEST, "bot": ServerRole.BOT}


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person at both doors; `actor` is who a socket was let in as."""

    caller: Caller
    actor: Actor

    @property
    def id(self) -> UserId:
        return self.actor.user_id


class People:
    """One chat. Rights are given by the repository, as there is no other way yet."""

    def __init__(self) -> None:
        self.world = World()
        services, views = self.world.container.services(), self.world.container.views()
        self.storage, self._sessions = services.storage, services.sessions
        self.answers = Events(services, views).answers()
        self._connections = Connections(most_per_user=0, most_per_address=0)
        self._dispatcher = Dispatcher(self.answers, self._connections, None)

    @property
    def routes(self) -> set[str]:
        """Every route of the application."""
        return {
            f"{method} {rule.rule}"
            for rule in self.world.app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }

    def anonymous(self) -> Caller:
        """Somebody without an account, who makes up what they do not have."""
        caller = self.world.nobody()
        caller.username, caller.refresh_token = a_name("nobody"), "made up"
        caller.environ_base["session"] = "1"
        return caller

    def somebody(self, kind: str) -> Somebody:
        """A person who signed in, and then became of this kind."""
        caller = self.world.someone()
        somebody = Somebody(caller, self._sessions.identify(token=caller.token))
        caller.environ_base["session"] = str(somebody.actor.session_id)
        with self.storage.unit_of_work() as work:
            user = work.users.get(somebody.id)
            role = ROLES.get(kind.partition("_")[0], ServerRole.MEMBER)
            suspended_at = NOON if kind == "suspended" else None
            work.users.save(replace(user, role=role, suspended_at=suspended_at))
            work.commit()
        return somebody

    def send(self, somebody: Somebody | None, event: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The ack to an event, of a socket that was let in as this person, or never was."""
        if somebody:
            self._connections.add("a socket", somebody.actor)
        try:
            ack = self._dispatcher.dispatch(event, "a socket", payload)
        finally:
            self._connections.remove("a socket")
        assert isinstance(ack, dict)
        return ack

    @contextmanager
    def room(self, kind: str, everybody: Mapping[str, Somebody], caller: str) -> Iterator[Ids]:
        """A room of this kind, or one that was deleted, and what `caller` may name in it."""
        is_direct = kind == RoomKind.DIRECT
        there = {name: role for name, role in IN_THE_ROOM.items() if not (is_direct and name in RULING)}
        with self.storage.unit_of_work() as work:
            users = {name: work.users.get(somebody.id) for name, somebody in everybody.items()}
            room = Room(
                RoomId(work.next_id()),
                RoomKind.PUBLIC if kind == "gone" else RoomKind(kind),
                None if is_direct else RoomName("Harbour"),
                RoomDescription(),
                NOON,
                direct_key=direct_key(users[name].id for name in there) if is_direct else None,
            )
            work.rooms.add(room)
            for name, role in there.items():
                joined = Membership.begun(room, users[name], Role.MEMBER if is_direct else role)
                work.memberships.add(joined)
                work.log.append(UserJoined(room.id, room.next_seq, NOON, joined.person, joined.person))
                room = room.advanced()
            messages = {}
            for name in {caller, "another member"} & users.keys():
                message = _message(room, users[name], MessageId(work.next_id()))
                work.log.append(MessagePosted(room.id, room.next_seq, NOON, message.sender, message))
                messages[name], room = message.id, room.advanced()
            if kind == "gone":
                work.rooms.remove(room.id)
            work.commit()
        yield Ids(
            room=room.id,
            own=messages.get(caller, MessageId(1)),
            other=messages["another member"],
            newcomer=users["newcomer"].id,
            member=users["another member"].id,
            owner=users["another member" if is_direct else "another owner"].id,
        )
        with self.storage.unit_of_work() as work:
            work.rooms.remove(room.id)
            work.commit()


def _message(room: Room, sender: User, id: MessageId) -> Any:
    """The sender's next message; who is no member wrote it when they were."""
    return Membership.begun(room, sender, Role.MEMBER).post(
        MessageBody("hello"), id=id, at=NOON, key=None, reply_to=None
    )
