"""What every audience says of who is here and what they hear."""

from abc import abstractmethod
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
import socketio

from adapters.broadcasting.native import NativeAudience, Outbox
from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.socketio import SocketIoAudience
from chat_domain.model.ephemeral import AnyEvent, RoomDeleted
from chat_domain.model.identifiers import RoomId, SessionId, UserId
from chat_domain.ports.broadcasting import Audience
from tests.doubles.audience import RecordingAudience

ANN, BOB = UserId(1), UserId(2)
PHONE, DESK, OTHER = SessionId(11), SessionId(12), SessionId(13)
ROOM, SECOND = RoomId(21), RoomId(22)


def render(event: AnyEvent) -> tuple[str, Mapping[str, object]]:
    return type(event).__name__, {}


class Hall(Protocol):
    """An audience, and connections that come and go."""

    audience: Audience

    @abstractmethod
    def come(self) -> str:
        """A new connection."""

    @abstractmethod
    def go(self, connection: str) -> None:
        """It is gone."""


class RecordingHall(Hall):
    def __init__(self) -> None:
        self.audience = self._recording = RecordingAudience()
        self._count = 0

    def come(self) -> str:
        self._count += 1
        return str(self._count)

    def go(self, connection: str) -> None:
        self._recording.disconnect(connection)


class SocketIoHall(Hall):
    def __init__(self) -> None:
        self.server = socketio.Server(async_mode="threading")
        self.audience = self._attached()
        self._count = 0

    def _attached(self) -> Audience:
        audience = SocketIoAudience(render)
        audience.attach(self.server)
        return audience

    def come(self) -> str:
        self._count += 1
        connection: str = self.server.manager.connect(f"engine{self._count}", "/")
        return connection

    def go(self, connection: str) -> None:
        self.server.manager.disconnect(connection, "/")


class Nothing:
    """A transport that sends nothing, and workers that do nothing."""

    def flush(self) -> None: ...

    def read_on(self) -> None: ...

    def close(self, code: int, reason: str) -> None: ...

    def submit(self, connection: Connection) -> None: ...


class NativeHall(SocketIoHall):
    def _attached(self) -> Audience:
        audience = NativeAudience(render, Outbox())
        audience.attach(self.server)
        return audience

    def come(self) -> str:
        connection = super().come()
        nothing: Any = Nothing()
        engine_id = self.server.manager.eio_sid_from_sid(connection, "/")
        self.server.eio.sockets[engine_id] = SimpleNamespace(
            connection=Connection(
                nothing, out=[], transport=nothing, outbox=Outbox(), workers=nothing, handle_packet=lambda *_: None
            )
        )
        return connection

    def go(self, connection: str) -> None:
        engine_id = self.server.manager.eio_sid_from_sid(connection, "/")
        self.server.eio.sockets[engine_id].connection.end("gone")
        super().go(connection)


@pytest.fixture(params=[RecordingHall, SocketIoHall, NativeHall])
def hall(request: pytest.FixtureRequest) -> Hall:
    found: Hall = request.param()
    return found


def test_nobody_is_here_until_somebody_is_admitted(hall: Hall) -> None:
    hall.come()
    audience = hall.audience
    assert not audience.users()
    assert not audience.sessions()
    assert not audience.rooms()


def test_users_sessions_and_rooms_are_those_of_the_connections(hall: Hall) -> None:
    audience, phone, desk, other = hall.audience, hall.come(), hall.come(), hall.come()
    audience.add(phone, ANN, PHONE)
    audience.add(desk, ANN, DESK)
    audience.add(other, BOB, OTHER)
    audience.subscribe(phone, [ROOM])
    audience.subscribe_user(BOB, SECOND)
    assert sorted(audience.users()) == [ANN, BOB]
    assert sorted(audience.sessions()) == [PHONE, DESK, OTHER]
    assert sorted(audience.rooms()) == [ROOM, SECOND]
    for gone in (phone, other):
        hall.go(gone)
    assert list(audience.users()) == [ANN]
    assert list(audience.sessions()) == [DESK]
    assert not audience.rooms()


def test_who_is_let_go_is_not_here_and_may_be_admitted_again(hall: Hall) -> None:
    audience, phone = hall.audience, hall.come()
    audience.add(phone, ANN, PHONE)
    audience.subscribe(phone, [ROOM])
    audience.remove(phone)
    audience.subscribe_user(ANN, SECOND)
    assert not audience.users()
    assert not audience.sessions()
    assert not audience.rooms()
    audience.add(phone, BOB, OTHER)
    assert list(audience.users()) == [BOB]
    hall.go(phone)
    assert not audience.users()


def test_somebody_is_in_a_room_when_every_device_hears_it(hall: Hall) -> None:
    audience, phone, desk = hall.audience, hall.come(), hall.come()
    audience.add(phone, ANN, PHONE)
    audience.add(desk, ANN, DESK)
    audience.subscribe(phone, [ROOM])
    assert not audience.is_subscribed(ANN, ROOM)
    audience.subscribe_user(ANN, ROOM)
    assert audience.is_subscribed(ANN, ROOM)
    assert not audience.is_subscribed(ANN, SECOND)
    audience.unsubscribe_user(ANN, ROOM)
    assert not audience.is_subscribed(ANN, ROOM)
    assert not audience.rooms()


def test_a_deleted_room_is_heard_by_nobody(hall: Hall) -> None:
    audience, phone = hall.audience, hall.come()
    audience.add(phone, ANN, PHONE)
    audience.subscribe(phone, [ROOM, SECOND])
    audience.deliver(RoomDeleted(ROOM))
    assert list(audience.rooms()) == [SECOND]
    assert not audience.is_subscribed(ANN, ROOM)
