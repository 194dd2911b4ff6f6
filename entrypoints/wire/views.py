"""What the services return, to JSON."""

from collections.abc import Callable

from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.sessions import Session
from chat_domain.model.users import Person, User
from chat_domain.model.views import Catchup, LogPage, RoomDetails, RoomView
from entrypoints.wire.events import event_body
from entrypoints.wire.rendering import MessageBodyOut, message_body, person_body, time_text
from entrypoints.wire.schemas import (
    CatchupBody,
    LogPageBody,
    MeBody,
    MemberBody,
    RoomBody,
    RoomDetailsBody,
    SessionBody,
    UserBody,
)


class Views:
    """Renders for the one who asks. `is_online` tells who is online."""

    def __init__(self, is_online: Callable[[UserId], bool]) -> None:
        self._is_online = is_online

    def user(self, person: Person) -> UserBody:
        """A user as others see them."""
        return {**person_body(person), "online": self._is_online(person.id)}

    def me(self, user: User) -> MeBody:
        """One's own account."""
        return {
            **self.user(user.person),
            "email": str(user.email) if user.email else None,
            "role": user.role.value,
            "created_at": time_text(user.created_at),
        }

    def member(self, member: Member) -> MemberBody:
        """A user in a room."""
        return {**self.user(member.person), "role": member.role.value}

    def message(self, message: Message) -> MessageBodyOut:
        """A message."""
        return message_body(message)

    def room(self, view: RoomView) -> RoomBody:
        """A room as its viewer sees it."""
        room = view.room
        return {
            "id": room.id,
            "name": view.title,
            "description": str(room.description),
            "kind": room.kind.value,
            "member_count": view.member_count,
            "joined": view.joined,
            "role": view.role.value if view.role else None,
            "first_seq": room.first_seq,
            "last_seq": room.last_seq,
            "read_seq": view.read_seq,
            "unread": view.unread,
            "mentions": view.mentions,
            "created_at": time_text(room.created_at),
            "people": [self.user(person) for person in view.people],
        }

    def room_details(self, details: RoomDetails) -> RoomDetailsBody:
        """A room with a page of its members and its newest messages."""
        members = details.members
        return {
            **self.room(details.view),
            "users": [self.member(member) for member in members],
            "users_next": str(members[-1].person.id) if details.more_members else None,
            "messages": [message_body(message) for message in details.history.messages],
            "has_more_before": details.history.more_before,
        }

    def session(self, session: Session, *, current: SessionId) -> SessionBody:
        """A signed-in device; `current` is the one that asks."""
        return {
            "id": session.id,
            "created_at": time_text(session.created_at),
            "last_used_at": time_text(session.last_used_at),
            "user_agent": session.user_agent,
            "address": session.address,
            "current": session.id == current,
        }

    def log_page(self, page: LogPage) -> LogPageBody:
        """A page of a room's log."""
        return {
            "events": [event_body(event) for event in page.events],
            "first_seq": page.span.first_seq,
            "last_seq": page.span.last_seq,
            "has_more": page.has_more,
        }

    def catchup(self, catchup: Catchup) -> CatchupBody:
        """What was missed."""
        return {
            "rooms": {str(room_id): self.log_page(page) for room_id, page in catchup.pages.items()},
            "joined": [self.room(view) for view in catchup.joined],
            "gone": list(catchup.gone),
            "epoch": catchup.epoch,
        }
