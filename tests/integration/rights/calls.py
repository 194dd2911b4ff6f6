"""How each route is called and each event sent, with the people and the room of one cell of the table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.integration.http.world import PASSWORD, Caller, Reply, a_name


@dataclass(frozen=True, slots=True)
class Ids:
    """What a call may name. `own` and `other` are messages, by the caller and by somebody else."""

    room: int = 0
    own: int = 0
    other: int = 0
    newcomer: int = 0
    member: int = 0
    owner: int = 0


Values = Mapping[str, Any]

IN_A_ROOM: Mapping[str, Callable[[Ids], tuple[int | None, Values | None]]] = {
    "GET /api/chat/rooms/<int:room_id>": lambda _: (None, None),
    "PATCH /api/chat/rooms/<int:room_id>": lambda _: (None, {"name": "Another name"}),
    "DELETE /api/chat/rooms/<int:room_id>": lambda _: (None, None),
    "POST /api/chat/rooms/<int:room_id>/join": lambda _: (None, None),
    "POST /api/chat/rooms/<int:room_id>/leave": lambda _: (None, None),
    "PUT /api/chat/rooms/<int:room_id>/members/<int:user_id> - brings a newcomer in": (
        lambda ids: (ids.newcomer, {"role": "member"})
    ),
    "PUT /api/chat/rooms/<int:room_id>/members/<int:user_id> - makes a member moderator": (
        lambda ids: (ids.member, {"role": "moderator"})
    ),
    "PUT /api/chat/rooms/<int:room_id>/members/<int:user_id> - makes a member owner": (
        lambda ids: (ids.member, {"role": "owner"})
    ),
    "DELETE /api/chat/rooms/<int:room_id>/members/<int:user_id> - a member": lambda ids: (ids.member, None),
    "DELETE /api/chat/rooms/<int:room_id>/members/<int:user_id> - an owner": lambda ids: (ids.owner, None),
    "GET /api/chat/rooms/<int:room_id>/messages": lambda _: (None, None),
    "POST /api/chat/rooms/<int:room_id>/messages": lambda _: (None, {"message": "hello"}),
    "PATCH /api/chat/rooms/<int:room_id>/messages/<int:message_id> - one's own": (
        lambda ids: (ids.own, {"message": "better"})
    ),
    "PATCH /api/chat/rooms/<int:room_id>/messages/<int:message_id> - somebody else's": (
        lambda ids: (ids.other, {"message": "better"})
    ),
    "DELETE /api/chat/rooms/<int:room_id>/messages/<int:message_id> - one's own": lambda ids: (ids.own, None),
    "DELETE /api/chat/rooms/<int:room_id>/messages/<int:message_id> - somebody else's": lambda ids: (ids.other, None),
    "PUT /api/chat/rooms/<int:room_id>/read": lambda _: (None, {"seq": 1}),
    "GET /api/chat/rooms/<int:room_id>/events": lambda _: (None, None),
    "send_message": lambda ids: (None, {"room_id": ids.room, "message": "hello"}),
    "edit_message - one's own": lambda ids: (None, {"room_id": ids.room, "message_id": ids.own, "message": "better"}),
    "edit_message - somebody else's": (
        lambda ids: (None, {"room_id": ids.room, "message_id": ids.other, "message": "better"})
    ),
    "delete_message - one's own": lambda ids: (None, {"room_id": ids.room, "message_id": ids.own}),
    "delete_message - somebody else's": lambda ids: (None, {"room_id": ids.room, "message_id": ids.other}),
    "join": lambda ids: (None, {"room_id": ids.room}),
    "leave": lambda ids: (None, {"room_id": ids.room}),
    "typing": lambda ids: (None, {"room_id": ids.room}),
    "read": lambda ids: (None, {"room_id": ids.room, "seq": 1}),
}
"""For each row: the second number of the address, if it has one, and the body or the payload."""


def call_in_room(caller: Caller, row: str, ids: Ids) -> Reply:
    """Call the route of this row."""
    method, path = row.partition(" - ")[0].split(" ")
    second, body = IN_A_ROOM[row](ids)
    for name, value in {"room_id": ids.room, "user_id": second, "message_id": second}.items():
        path = path.replace(f"<int:{name}>", str(value))
    return caller.open(path, method=method, json=body)


def payload_of(row: str, ids: Ids) -> Values:
    """The payload of the event of this row."""
    return IN_A_ROOM[row](ids)[1] or {}


ON_THE_SERVER: Mapping[str, Callable[[Caller, Ids], tuple[str, Values | None]]] = {
    "POST /api/register": lambda _, __: ("/api/register", {"username": a_name(), "password": PASSWORD}),
    "POST /api/login": lambda who, _: ("/api/login", {"username": who.username, "password": PASSWORD}),
    "POST /api/token": lambda who, _: ("/api/token", {"refresh_token": who.refresh_token}),
    "POST /api/logout": lambda _, __: ("/api/logout", None),
    "GET /api/me": lambda _, __: ("/api/me", None),
    "PATCH /api/me": lambda _, __: ("/api/me", {"name": "Another name"}),
    "GET /api/sessions": lambda _, __: ("/api/sessions", None),
    "DELETE /api/sessions/<int:session_id> - one's own": (
        lambda who, _: (f"/api/sessions/{who.environ_base['session']}", None)
    ),
    "DELETE /api/sessions/<int:session_id> - somebody else's": lambda _, ids: (f"/api/sessions/{ids.other}", None),
    "GET /api/users": lambda _, __: ("/api/users", None),
    "GET /api/chat/rooms - one's own": lambda _, __: ("/api/chat/rooms?scope=joined", None),
    "GET /api/chat/rooms - public ones": lambda _, __: ("/api/chat/rooms?scope=public", None),
    "POST /api/chat/rooms": lambda _, __: ("/api/chat/rooms", {"name": "Harbour"}),
    "POST /api/chat/direct - with who shares a room": lambda _, ids: ("/api/chat/direct", {"user_ids": [ids.member]}),
    "POST /api/chat/direct - with a stranger": lambda _, ids: ("/api/chat/direct", {"user_ids": [ids.newcomer]}),
    "GET /healthz": lambda _, __: ("/healthz", None),
    "GET /readyz": lambda _, __: ("/readyz", None),
    "GET /api/openapi.json": lambda _, __: ("/api/openapi.json", None),
    "GET /api/docs": lambda _, __: ("/api/docs", None),
    "GET /api/docs/start.js": lambda _, __: ("/api/docs/start.js", None),
    "GET /api/docs/assets/<path:filename>": lambda _, __: ("/api/docs/assets/css/swagger-ui.css", None),
    "GET /": lambda _, __: ("/", None),
    "GET /register": lambda _, __: ("/register", None),
    "GET /login": lambda _, __: ("/login", None),
    "GET /chat": lambda _, __: ("/chat", None),
    "GET /chat/<int:room>": lambda _, __: ("/chat/1", None),
    "GET /chat/<int:room>/<int:seq>": lambda _, __: ("/chat/1/1", None),
    "GET /settings": lambda _, __: ("/settings", None),
    "sync": lambda _, ids: ("", {"rooms": {str(ids.room): 0}}),
    "presence": lambda _, ids: ("", {"user_ids": [ids.member, ids.newcomer]}),
}
"""For each row: the address, and the body or the payload."""
