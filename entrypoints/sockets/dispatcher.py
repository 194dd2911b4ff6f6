"""From an event to its ack."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.exceptions import BadRequest

from chat_domain.model.errors import InvalidToken, NotFound
from entrypoints.sockets.connections import Connections
from entrypoints.sockets.events import Answer, Caller
from entrypoints.sockets.refusals import refusal, told


class Dispatcher:
    """Answers events. `unanswered` is what python-socketio wants returned for an event that gets no ack."""

    def __init__(self, answers: Mapping[str, Answer], connections: Connections, unanswered: object) -> None:
        self._answers = answers
        self._connections = connections
        self._unanswered = unanswered
        self._busy: list[str] = []
        self._stopped = False

    def is_busy(self, socket: str | None) -> bool:
        """Whether an event of this socket is being handled."""
        return socket in self._busy

    def stop(self) -> None:
        """Take no more events. Events that come are not answered, and clients repeat them to another process."""
        self._stopped = True

    def dispatch(self, event: str, socket: str, *arguments: object) -> object:
        """The ack: `{"data": ...}` or `{"error": problem}`. Raises nothing.

        An event without a name is one that the transport could not read; the ack says so, and the connection stays up.
        """
        if self._stopped:
            return self._unanswered
        self._busy.append(socket)
        try:
            return {"data": self._answer(event, socket, arguments)}
        except Exception as error:  # noqa: BLE001 - becomes a problem object
            return {"error": told(refusal(error, of=event))}
        finally:
            self._busy.remove(socket)

    def _answer(self, event: str, socket: str, arguments: Sequence[object]) -> Mapping[str, Any]:
        if not event:
            raise BadRequest("This event cannot be read.")
        answer = self._answers.get(event)
        if answer is None:
            raise NotFound("There is no such event.")
        if len(arguments) != 1 or not isinstance(arguments[0], dict):
            raise BadRequest("An event takes one object.")
        actor = self._connections.actor(socket)
        if actor is None:
            raise InvalidToken
        return answer(Caller(actor.user_id, socket), arguments[0])
