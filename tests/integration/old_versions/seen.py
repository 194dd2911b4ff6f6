"""All that people see of a chat, as JSON in the public names of the API, which do not change.

A message is told once, by its room; events name it by its seq.
"""

from typing import Any

from chat_domain.model.identifiers import RoomId, Seq, UserId
from entrypoints.wire.views import Views
from tests.builders import Chat

_MOST = 1_000
_VIEWS = Views(is_online=lambda _: False)


def seen(chat: Chat, cookies: dict[str, str]) -> dict[str, Any]:
    """Everything of a chat in which each of these people has a browser's cookie, by username."""
    actors = {name: chat.sessions.identify(cookie=cookie) for name, cookie in cookies.items()}
    people = {name: actor.user_id for name, actor in actors.items()}
    first = next(iter(people.values()))
    return {
        "accounts": {name: _VIEWS.me(chat.accounts.me(user)) for name, user in people.items()},
        "sessions": {
            name: [
                _VIEWS.session(each, current=actor.session_id)
                for each in chat.sessions.devices(actor, limit=_MOST).items
            ]
            for name, actor in actors.items()
        },
        "people": [_VIEWS.user(person) for person in chat.people.search(first, "", after=UserId(0), limit=_MOST).items],
        "public": [_VIEWS.room(room) for room in chat.rooms.public(first, "", after=RoomId(0), limit=_MOST).items],
        "rooms": {name: _rooms(chat, user) for name, user in people.items()},
        "contents": {
            str(view.room.id): _contents(chat, user, view.room.id)
            for user in people.values()
            for view in chat.rooms.joined(user, "", after=RoomId(0), limit=_MOST).items
        },
    }


def _rooms(chat: Chat, user: UserId) -> list[Any]:
    return [_VIEWS.room(view) for view in chat.rooms.joined(user, "", after=RoomId(0), limit=_MOST).items]


def _contents(chat: Chat, reader: UserId, room: RoomId) -> dict[str, Any]:
    details = chat.rooms.details(reader, room, members_after=UserId(0), members=_MOST)
    messages = [_VIEWS.message(each) for each in chat.reading.after(reader, room, Seq(0), limit=_MOST).messages]
    page = _VIEWS.log_page(chat.reading.events(reader, room, after=Seq(0), limit=_MOST))
    told = {message["seq"]: message for message in messages}
    events = []
    for event in page["events"]:
        message: Any = event.get("message")
        assert message is None or message == told[message["seq"]], "the log and the history tell the same"
        events.append({**event, "message": message["seq"]} if message else event)
    return {"members": [_VIEWS.member(member) for member in details.members], "messages": messages, "events": events}
