"""The simplest chat there can be: what people did, in plain lists and dictionaries, to compare a storage with."""

from dataclasses import dataclass, field

from chat_domain.model.events import (
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomChanged,
    RoomEvent,
    UserJoined,
    UserLeft,
)
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind


@dataclass
class Said:
    """A message: `text` is None once it is deleted, `asked` what was sent; `mentions` are the members it names."""

    id: int
    seq: int
    sender: int
    text: str | None
    asked: str
    key: str | None
    mentions: set[int]


@dataclass
class Belonging:
    """A member: in which role, since where, and read up to where."""

    role: Role
    since: int
    read: int


@dataclass
class Room:
    """A room; `people` are those of a direct one. `log` is what was done, by whom and to what; places count from 1."""

    kind: RoomKind
    name: str | None
    usernames: dict[int, str]
    people: list[int] = field(default_factory=list)
    members: dict[int, Belonging] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    log: list[tuple[type[RoomEvent], int, object]] = field(default_factory=list)

    def join(self, user: int, *, by: int, role: Role = Role.MEMBER) -> None:
        if user not in self.members:
            role = role if self.members or self.kind is RoomKind.DIRECT else Role.OWNER
            self.log.append((UserJoined, by, user))
            self.members[user] = Belonging(role, since=len(self.log), read=len(self.log))

    def leave(self, user: int, *, by: int) -> None:
        del self.members[user]
        self.log.append((UserLeft, by, user))
        owned = any(member.role is Role.OWNER for member in self.members.values())
        if self.members and not owned and self.kind is not RoomKind.DIRECT:
            by_rank = sorted(self.members.items(), key=lambda item: (item[1].role is not Role.MODERATOR, item[1].since))
            heir = by_rank[0][0]
            self.give_role(heir, Role.OWNER, by=by)

    def reunite(self, *, by: int) -> None:
        for user in self.people:
            self.join(user, by=by)

    def is_last_owner(self, user: int) -> bool:
        return [id for id, member in self.members.items() if member.role is Role.OWNER] == [user]

    def give_role(self, user: int, role: Role, *, by: int) -> None:
        if self.members[user].role is not role:
            self.members[user].role = role
            self.log.append((RoomChanged, by, (user, role)))

    def rename(self, name: str, *, by: int) -> None:
        if name != self.name:
            self.name = name
            self.log.append((RoomChanged, by, name))

    def sent_with(self, user: int, key: str | None) -> Said | None:
        """The earlier message of this key, if there is one."""
        return next((said for said in self.said if key and (said.sender, said.key) == (user, key)), None)

    def post(self, user: int, id: int, text: str, key: str | None) -> None:
        self.reunite(by=user)
        said = Said(id, len(self.log) + 1, user, text, text, key, self._mentioned(text))
        self.said.append(said)
        self.log.append((MessagePosted, user, said))

    def edit(self, said: Said, text: str) -> None:
        if text != said.text:
            if self._named(text) != self._named(said.text):
                said.mentions = self._mentioned(text)
            said.text = text
            self.log.append((MessageEdited, said.sender, said))

    def delete(self, said: Said, *, by: int) -> None:
        if said.text is not None:
            said.text, said.mentions = None, set()
            self.log.append((MessageDeleted, by, said))

    def unread(self, user: int) -> list[Said]:
        """What the member has not read."""
        read = self.members[user].read
        return [said for said in self.said if said.seq > read and said.sender != user and said.text is not None]

    def mentioning(self, user: int) -> list[Said]:
        """What of that names the member."""
        return [said for said in self.unread(user) if user in said.mentions]

    def _named(self, text: str | None) -> set[int]:
        return {id for id, username in self.usernames.items() if f"@{username}" in (text or "")}

    def _mentioned(self, text: str) -> set[int]:
        return self._named(text) & set(self.members)
