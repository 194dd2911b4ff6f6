"""A small chat with something of everything in it, for `making`."""

from typing import Any, Final

from chat_domain.model.identifiers import RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rights import ServerRole
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import DisplayName, Email, MessageBody, Password, RoomDescription, RoomName, Username
from chat_domain.services.sign_in import Device
from tests.builders import A_PASSWORD, Chat
from tests.doubles.clock import SettableClock

A_BROWSER: Final = Device(address="2001:db8::7", user_agent="Mozilla/5.0 (a test; 日本語) 🦊")
A_LONG_TEXT: Final = "".join(f"{number:03}: Straße, 東京, 👩‍👩‍👧 \\ \" ' %s $1 \t|\n" for number in range(200))[
    : MessageBody.LONGEST
]

PEOPLE: Final = {
    "anna": ("Anna  Ødegård", "Anna.O@Example.ORG", ServerRole.ADMINISTRATOR),
    "Анна": ("", None, ServerRole.MEMBER),  # of Cyrillic letters, which look like others
    "田中さくら": ("さくら 🌸", "sakura@例え.jp", ServerRole.MEMBER),
    "Groß.7": ("👩‍👩‍👧 'Q' \"x\" \\", "gross@example.org", ServerRole.MEMBER),
    "lea_": ("Léa", None, ServerRole.MEMBER),
}


def fill(chat: Chat) -> list[dict[str, Any]]:
    """Let people talk. Returns sends that a client may yet repeat."""
    people = [_registered(chat, username) for username in PEOPLE]
    anna, anya, sakura, gross, lea = people
    town = chat.open_room(anna, anya, sakura, gross, name="Город 🏙 city")
    retries = _talk(chat, town, people)
    _change(chat, town, people)
    private = chat.open_room(gross, sakura, name='"quoted" \\ 部屋', kind=RoomKind.PRIVATE)
    chat.say(sakura, private, A_LONG_TEXT, key="a long one")
    chat.open_room(sakura, name="empty")
    chat.rooms.delete(lea, chat.open_room(lea, name="gone"))
    _talk_directly(chat, people)
    return retries


def _registered(chat: Chat, username: str) -> UserId:
    name, email, role = PEOPLE[username]
    _advance(chat.clock)
    user = chat.accounts.create(
        username=Username(username),
        password=Password(A_PASSWORD),
        email=Email(email) if email else None,
        name=DisplayName(name),
        role=role,
    )
    return user.id


def _talk(chat: Chat, town: RoomId, people: list[UserId]) -> list[dict[str, Any]]:
    anna, anya, sakura, gross, _ = people
    first = chat.say(
        anna, town, "Hello @田中さくら and @groß.7, and nobody@example.org\n\n> `code` **bold**", key="k 1"
    )
    erased = chat.say(anya, town, "take this back, @anna", key="erased 🗑")
    reply = chat.say(sakura, town, "はい 🙂", reply_to=erased.id)
    chat.say(
        gross, town, "\u2028 right‐to‐left: שלום, e\u0301 \ufeff; DROP TABLE messages; --", reply_to=first.id, key="k 1"
    )
    chat.messaging.edit(anna, room=town, message=first.id, body=MessageBody("Hello @田中さくら, @Groß.7 and @Анна"))
    chat.messaging.edit(sakura, room=town, message=reply.id, body=MessageBody("はい、@anna 🙂🙂"))
    _advance(chat.clock)
    chat.messaging.delete(anya, room=town, message=erased.id)
    edited_then_erased = chat.say(gross, town, "I was never here")
    chat.messaging.edit(gross, room=town, message=edited_then_erased.id, body=MessageBody("I was here"))
    _advance(chat.clock)
    chat.messaging.delete(anna, room=town, message=edited_then_erased.id)
    return [
        {
            "sender": "anna",
            "room": town,
            "client_id": "k 1",
            "content": str(first.body),
            "reply_to": None,
            "id": first.id,
        },
        {
            "sender": "Анна",
            "room": town,
            "client_id": "erased 🗑",
            "content": str(erased.body),
            "reply_to": None,
            "id": erased.id,
        },
    ]


def _change(chat: Chat, town: RoomId, people: list[UserId]) -> None:
    anna, anya, sakura, gross, lea = people
    chat.members.put(anna, town, sakura, Role.MODERATOR)
    chat.members.put(anna, town, gross, Role.OWNER)
    _advance(chat.clock)
    chat.rooms.change(sakura, town, name=RoomName("Harbour ⚓"), description=RoomDescription("quiet\nplace 静か"))
    chat.members.leave(anya, town)
    chat.members.join(anya, town)
    chat.members.join(lea, town)
    chat.members.remove(sakura, town, lea)
    chat.accounts.change(gross, name=DisplayName("Herr Groß 🎩"), email=Email("neu@example.org"))
    chat.say(anna, town, "@Анна, @田中さくら: after all that")
    chat.say(gross, town, "and one more")
    chat.reading.mark_read(sakura, town, Seq(6))
    chat.reading.mark_read(gross, town, Seq(10_000))


def _talk_directly(chat: Chat, people: list[UserId]) -> None:
    anna, anya, sakura, gross, lea = people
    two = chat.rooms.open_direct(anna, others=[lea])[0].room.id
    for number in range(12):
        chat.say((anna, lea)[number % 2], two, f"{number} 🎲")
    chat.reading.mark_read(lea, two, Seq(8))
    group = chat.rooms.open_direct(sakura, others=[anna, anya, gross])[0].room.id
    chat.say(sakura, group, "for all four, @anna")
    chat.members.leave(anya, group)
    alone = chat.rooms.open_direct(lea, others=[])[0].room.id
    chat.say(lea, alone, "a note to myself")


def sign_in(chat: Chat, username: str) -> str:
    """Sign a program and a browser in; the browser's cookie."""
    _advance(chat.clock)
    pair = chat.log_in(username)
    chat.sessions.refresh(pair.refresh, device=A_BROWSER)
    return chat.sessions.log_in_browser(username, A_PASSWORD, device=A_BROWSER)[1]


def _advance(clock: SettableClock) -> None:
    clock.advance(seconds=7, milliseconds=123)
