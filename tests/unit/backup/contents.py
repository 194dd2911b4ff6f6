"""Contents to back up that are in no storage: two people, a room of each kind, something of everything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chat_domain.backup.contents import PARTS, Types
from chat_domain.model.identifiers import Epoch
from chat_domain.ports.backups import Contents, Record

ANN, BOB, PUBLIC, PRIVATE, DIRECT = 1, 2, 5, 6, 7
ROLE, ROOM = '{"role": "moderator"}', '{"name": "lobby", "description": ""}'
REPLY = {"reply_to": 20, "reply_to_seq": 3}
_NOTHING: dict[Types, Any] = {(int,): 0, (str,): "", (int, type(None)): None, (str, type(None)): None}


class GivenContents(Contents):
    """These records, by their parts."""

    def __init__(self, parts: Mapping[str, Sequence[Record]], *, last_id: int = 100) -> None:
        self.parts = parts
        self.epoch = Epoch("an epoch")
        self.last_id = last_id
        self.revision = "0002"

    def records(self, part: str) -> Iterator[Record]:
        return iter(self.parts[part])


def a_record(part: str, **fields: Any) -> dict[str, Any]:
    """A record with all its fields, empty unless given."""
    empty = {name: _NOTHING[kinds] for name, kinds in PARTS[part].fields.items()}
    assert fields.keys() <= empty.keys()
    return {**empty, **fields}


def some_parts() -> dict[str, list[dict[str, Any]]]:
    """Valid contents, made anew to be spoilt."""
    rows: dict[str, list[dict[str, Any]]] = {
        "users": [
            {"id": ANN, "username": "ann", "username_key": "ann", "role": "administrator"},
            {"id": BOB, "username": "bob", "username_key": "bob", "role": "member"},
        ],
        "credentials": [{"user_id": ANN, "password_hash": "h"}, {"user_id": BOB, "password_hash": "i"}],
        "sessions": [{"id": 3, "user_id": ANN}, {"id": 4, "user_id": BOB, "cookie_digest": "c", "ended_at": 9}],
        "rooms": [
            {"id": PUBLIC, "kind": "public", "name": "lobby", "first_seq": 1, "last_seq": 8},
            {"id": PRIVATE, "kind": "private", "name": "attic", "first_seq": 1, "last_seq": 0},
            {"id": DIRECT, "kind": "direct", "direct_key": f"{ANN},{BOB}", "first_seq": 1, "last_seq": 1},
        ],
        "memberships": [
            {"room_id": PUBLIC, "user_id": ANN, "role": "owner", "joined_seq": 1, "read_seq": 8},
            {"room_id": PUBLIC, "user_id": BOB, "role": "moderator", "joined_seq": 2, "read_seq": 3},
            {"room_id": DIRECT, "user_id": ANN, "role": "owner"},
        ],
        "messages": [
            {"room_id": PUBLIC, "seq": 3, "id": 20, "sender_id": ANN, "body": "for @bob", "client_id": "k"},
            {"room_id": PUBLIC, "seq": 4, "id": 10, "sender_id": BOB, "deleted_at": 9, **REPLY},
            {"room_id": DIRECT, "seq": 1, "id": 21, "sender_id": BOB, "body": "psst"},
        ],
        "events": [
            {"room_id": PUBLIC, "seq": 1, "type": "user_join", "actor_id": ANN, "user_id": ANN},
            {"room_id": PUBLIC, "seq": 2, "type": "user_join", "actor_id": ANN, "user_id": BOB},
            {"room_id": PUBLIC, "seq": 3, "type": "message", "actor_id": ANN, "message_seq": 3},
            {"room_id": PUBLIC, "seq": 4, "type": "message", "actor_id": BOB, "message_seq": 4},
            {"room_id": PUBLIC, "seq": 5, "type": "message_edited", "actor_id": ANN, "message_seq": 3},
            {"room_id": PUBLIC, "seq": 6, "type": "message_deleted", "actor_id": ANN, "message_seq": 4},
            {"room_id": PUBLIC, "seq": 7, "type": "room_changed", "actor_id": ANN, "user_id": BOB, "detail": ROLE},
            {"room_id": PUBLIC, "seq": 8, "type": "room_changed", "actor_id": ANN, "detail": ROOM},
            {"room_id": DIRECT, "seq": 1, "type": "message", "actor_id": BOB, "message_seq": 1},
        ],
        "mentions": [{"room_id": PUBLIC, "seq": 3, "user_id": BOB}],
        "consumers": [{"name": "mail", "started_at": 5}, {"name": "mail_of_bots"}],
        "consumer_cursors": [
            {"room_id": PUBLIC, "consumer": "mail", "seq": 8},
            {"room_id": PUBLIC, "consumer": "mail_of_bots", "seq": 2},
            {"room_id": DIRECT, "consumer": "mail", "seq": 1},
        ],
    }
    return {part: [a_record(part, **fields) for fields in rows[part]] for part in PARTS}
