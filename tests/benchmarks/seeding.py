"""People with sessions and rooms, put into a database of Parley's as if they had signed in and met there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, create_engine, func, insert, select, update
from sqlalchemy.engine import make_url

from adapters.security.argon2 import Argon2PasswordHasher
from adapters.sql.mapping import millis
from adapters.sql.sqlite.ids import ids
from adapters.sql.tables import credentials, events, memberships, rooms, sessions, users
from chat_domain.model.identifiers import SessionId, UserId
from chat_domain.model.values import Password
from chat_domain.ports.security import AccessClaims
from entrypoints.container import Container
from entrypoints.settings import load

PASSWORD: Final = "four unrelated words"
"""Everybody's: hashing one for each of 2,000 people would take a minute."""
FIRST_ROOM: Final = 100_001
"""Rooms are numbered from here, people and their sessions from 1."""

Rooms = Sequence[Sequence[int]]
"""For each room the numbers of its members, the owner first."""


def rooms_of(size: int, count: int = 1) -> Rooms:
    """So many rooms of this size, and nobody in two of them."""
    return [range(room * size + 1, (room + 1) * size + 1) for room in range(count)]


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a room, and the access token of their session."""

    room_id: int
    token: str


def seats(rooms: Rooms) -> Iterator[tuple[int, int]]:
    """Who sits where, as (room id, person): the first of every room, the second of every room ..."""
    for place in range(max(map(len, rooms))):
        for number, members in enumerate(rooms):
            if place < len(members):
                yield FIRST_ROOM + number, members[place]


def seed(environment: Mapping[str, str], rooms: Rooms) -> list[Seat]:
    """Migrate the database of a Parley with these settings, and fill it. Tokens hold for 15 minutes."""
    settings = load(environment).settings
    container = Container(settings=settings)
    container.migrate()
    url = make_url(settings.storage_url)
    engine = create_engine(url.set(drivername="postgresql+psycopg2") if url.drivername == "postgresql" else url)
    now = datetime.now(UTC)
    with engine.begin() as connection:
        _fill(connection, rooms, millis(now))
    engine.dispose()
    tokens = container.tokens()

    def token(person: int) -> str:
        claims = AccessClaims(UserId(person), SessionId(person))
        return tokens.issue(claims, at=now, until=now + timedelta(minutes=15))

    return [Seat(room_id, token(person)) for room_id, person in seats(rooms)]


def _fill(connection: Connection, crowd: Rooms, now: int) -> None:
    people = max(max(members) for members in crowd)
    connection.execute(insert(users), _users(people, now))
    connection.execute(insert(credentials), _credentials(people))
    connection.execute(insert(sessions), _sessions(people, now))
    connection.execute(insert(rooms), [_room(number, len(members), now) for number, members in enumerate(crowd)])
    joined = [
        (FIRST_ROOM + number, seq, person)
        for number, members in enumerate(crowd)
        for seq, person in enumerate(members, 1)
    ]
    connection.execute(insert(memberships), [_membership(*each) for each in joined])
    connection.execute(insert(events), [_joining(*each, at=now) for each in joined])
    last = FIRST_ROOM + len(crowd)
    postgres = connection.dialect.name == "postgresql"
    connection.execute(select(func.setval("ids", last)) if postgres else update(ids).values(last=last))


def _users(count: int, now: int) -> list[dict[str, Any]]:
    shared = {"name": "", "name_folded": "", "role": "member", "created_at": now}
    return [{"id": i, "username": f"user{i}", "username_key": f"user{i}", **shared} for i in range(1, count + 1)]


def _credentials(count: int) -> list[dict[str, Any]]:
    password_hash = Argon2PasswordHasher().hash(Password(PASSWORD))
    return [{"user_id": i, "password_hash": password_hash} for i in range(1, count + 1)]


def _sessions(count: int, now: int) -> list[dict[str, Any]]:
    shared = {"created_at": now, "last_used_at": now, "user_agent": "", "address": "127.0.0.1", "generation": 0}
    return [{"id": i, "user_id": i, **shared} for i in range(1, count + 1)]


def _room(number: int, members: int, now: int) -> dict[str, Any]:
    name = f"room {number}"
    return {
        "id": FIRST_ROOM + number,
        "kind": "private",
        "name": name,
        "name_folded": name,
        "description": "",
        "description_folded": "",
        "created_at": now,
        "last_seq": members,
    }


def _membership(room_id: int, seq: int, person: int) -> dict[str, Any]:
    role = "owner" if seq == 1 else "member"
    return {"room_id": room_id, "user_id": person, "role": role, "joined_seq": seq, "read_seq": seq}


def _joining(room_id: int, seq: int, person: int, *, at: int) -> dict[str, Any]:
    return {"room_id": room_id, "seq": seq, "type": "user_join", "at": at, "actor_id": person, "user_id": person}
