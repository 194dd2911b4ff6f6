"""The events that clients send: for each its request, and the one service method that it calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from entrypoints.services import Services
from entrypoints.wire.parsing import Model, parse
from entrypoints.wire.requests import DeleteMessage, EditMessage, PresenceQuery, Read, RoomOnly, SendMessage, Sync
from entrypoints.wire.views import Views


@dataclass(frozen=True, slots=True)
class Caller:
    """The user who sent an event, and the socket."""

    id: UserId
    socket: str


Data = Mapping[str, object]
Answer = Callable[[Caller, object], Data]
"""From the caller and the payload to the data of the ack; raises whatever is to be refused."""


class Events:
    """One method for each event. What a method raises becomes the error of the ack."""

    def __init__(self, services: Services, views: Views) -> None:
        self._services = services
        self._views = views

    def answers(self) -> dict[str, Answer]:
        """The answer to each event, by the event's name."""
        return {
            "send_message": _to(SendMessage, self._send),
            "edit_message": _to(EditMessage, self._edit),
            "delete_message": _to(DeleteMessage, self._delete),
            "join": _to(RoomOnly, self._join),
            "leave": _to(RoomOnly, self._leave),
            "typing": _to(RoomOnly, self._type),
            "read": _to(Read, self._read),
            "sync": _to(Sync, self._sync),
            "presence": _to(PresenceQuery, self._presence),
        }

    def _send(self, me: Caller, ask: SendMessage) -> Data:
        room, reply_to = RoomId(ask.room_id), MessageId(ask.reply_to) if ask.reply_to else None
        post = self._services.messaging.post
        message, _ = post(me.id, room=room, body=ask.message, key=ask.client_id, reply_to=reply_to)
        return {"message": self._views.message(message)}

    def _edit(self, me: Caller, ask: EditMessage) -> Data:
        room, message = RoomId(ask.room_id), MessageId(ask.message_id)
        after = self._services.messaging.edit(me.id, room=room, message=message, body=ask.message)
        return {"message": self._views.message(after)}

    def _delete(self, me: Caller, ask: DeleteMessage) -> Data:
        after = self._services.messaging.delete(me.id, room=RoomId(ask.room_id), message=MessageId(ask.message_id))
        return {"message": self._views.message(after)}

    def _join(self, me: Caller, ask: RoomOnly) -> Data:
        return {"chat_room": self._views.room(self._services.members.join(me.id, RoomId(ask.room_id)))}

    def _leave(self, me: Caller, ask: RoomOnly) -> Data:
        return {"chat_room": self._views.room(self._services.members.leave(me.id, RoomId(ask.room_id)))}

    def _type(self, me: Caller, ask: RoomOnly) -> Data:
        self._services.messaging.type(me.id, room=RoomId(ask.room_id))
        return {}

    def _read(self, me: Caller, ask: Read) -> Data:
        view = self._services.reading.mark_read(me.id, RoomId(ask.room_id), Seq(ask.seq), origin=me.socket)
        return {"chat_room": self._views.room(view)}

    def _sync(self, me: Caller, ask: Sync) -> Data:
        cursors = {RoomId(room_id): Seq(seq) for room_id, seq in ask.rooms.items()}
        return self._views.catchup(self._services.delivery.sync(me.id, cursors))

    def _presence(self, me: Caller, ask: PresenceQuery) -> Data:
        return {"online": self._services.presence.online(me.id, [UserId(user_id) for user_id in ask.user_ids])}


def _to(model: type[Model], answer: Callable[[Caller, Model], Data]) -> Answer:
    return lambda caller, payload: answer(caller, parse(model, payload))
