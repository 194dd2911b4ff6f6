"""Events to JSON and back: `{"message": {...}}`.

What another process sends was valid there, by the rules of that process or of the day on which it was stored: values
are taken on trust. What this process cannot read, because the other is of another version, is left out; of a room
event remains that the log has grown that far, and of the end of a session that it ended.
"""

import logging
from collections.abc import Iterable
from typing import Any, cast, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaValidator

from chat_domain.model.ephemeral import AnyEvent, EphemeralEvent, Heads, SessionEnd, SessionEnded
from chat_domain.model.events import KINDS, RoomEvent, kind_of
from chat_domain.model.identifiers import RoomId, Seq, SessionId

_log = logging.getLogger(__name__)


def _on_trust(schema: Any) -> Any:  # noqa: ANN401 - a schema is made of dicts and lists
    """The schema without the rules that the values themselves check."""
    if isinstance(schema, dict):
        return {key: False if key == "post_init" else _on_trust(part) for key, part in schema.items()}
    if isinstance(schema, list | tuple):
        return type(schema)(map(_on_trust, schema))
    return schema


class EventCodec:
    """Every kind of event, durable or ephemeral, by its KIND."""

    def __init__(self) -> None:
        kinds = {kind.KIND: TypeAdapter[Any](kind) for kind in (*KINDS.values(), *get_args(EphemeralEvent))}
        self._dump = {name: kind.serializer.to_json for name, kind in kinds.items()}
        self._load = {
            name: SchemaValidator(cast("CoreSchema", _on_trust(kind.core_schema))).validate_python
            for name, kind in kinds.items()
        }
        self._warned: set[str] = set()

    def encode(self, events: Iterable[AnyEvent]) -> bytes:
        """A JSON array. Never raises."""
        return b"[" + b",".join(filter(None, map(self._encoded, events))) + b"]"

    def decode(self, items: Iterable[Any]) -> list[AnyEvent]:
        """What can be read of a parsed JSON array. Never raises."""
        return [event for item in items if (event := self._decoded(item)) is not None]

    def _encoded(self, event: AnyEvent) -> bytes:
        name = kind_of(event) if isinstance(event, RoomEvent) else event.KIND
        try:
            return b'{"%b":%b}' % (name.encode(), self._dump[name](event, warnings=False))
        except (ValueError, KeyError) as error:
            self._warn(name, error)
        return self._encoded(Heads(event.room_id, event.seq)) if isinstance(event, RoomEvent) else b""

    def _decoded(self, item: Any) -> AnyEvent | None:  # noqa: ANN401 - JSON
        name, value = next(iter(item.items())) if isinstance(item, dict) and item else ("something", None)
        try:
            return cast("AnyEvent", self._load[name](value))
        except (ValidationError, KeyError) as error:
            self._warn(name, error)
        match value:
            case {"session_id": int(session_id)} if name == SessionEnded.KIND:
                return SessionEnded(SessionId(session_id), SessionEnd.EXPIRED)  # the reason that blames no user
            case {"room_id": int(room_id), "seq": int(seq)}:
                return Heads(RoomId(room_id), Seq(seq))
        return None

    def _warn(self, name: str, error: Exception) -> None:
        """Once for each kind: where two versions run side by side it may happen with every message."""
        if name not in self._warned:
            self._warned.add(name)
            _log.warning("%s cannot pass the bus: %s", name, type(error).__name__)
