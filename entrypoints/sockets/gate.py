"""CONNECT, by which a user signs in over a socket, and its end."""

from typing import Any

import structlog
from werkzeug.exceptions import BadRequest

from chat_domain.model.errors import InvalidToken, Unauthenticated, Unavailable
from chat_domain.model.sessions import Actor
from entrypoints.browser import BrowserTrust, ForeignOrigin
from entrypoints.services import Services
from entrypoints.sockets.connections import Connections
from entrypoints.sockets.engine import Engine
from entrypoints.sockets.refusals import refused_connect

_log = structlog.get_logger("parley.sockets")


class Gate:
    """Identifies sockets, and keeps presence and delivery in step with them."""

    def __init__(self, services: Services, trust: BrowserTrust, connections: Connections, engine: Engine) -> None:
        self._services = services
        self._trust = trust
        self._connections = connections
        self._engine = engine

    def connect(self, socket: str, engine_id: str, environ: dict[str, Any], auth: object) -> None:
        """Let the socket in, or raise a Refusal that carries the problem object.

        Any other exception would leave the client without an answer, in a state between in and out.
        """
        try:
            self._let_in(socket, engine_id, self._identify(environ, auth))
        except Exception as error:
            raise refused_connect(error) from error

    def disconnect(self, socket: str) -> None:
        """Tell the socket nothing more. Presence is told of it once, however often this is called."""
        self._services.delivery.disconnect(socket)
        actor = self._connections.remove(socket)
        if actor is not None:
            try:
                self._services.presence.depart(actor.user_id)
            except Exception as error:  # noqa: BLE001 - the connection is gone all the same
                _log.error("departure not noted", exc_info=error)

    def _let_in(self, socket: str, engine_id: str, actor: Actor) -> None:
        self._connections.add(socket, actor)
        try:
            self._services.delivery.connect(socket, actor)
        except Exception:
            self._connections.remove(socket)
            raise
        try:
            self._services.presence.arrive(actor.user_id)
        except Exception as error:  # noqa: BLE001 - a user who is not shown as online can still talk
            _log.error("arrival not told", exc_info=error)
        if not self._engine.is_open(engine_id):  # its end has come already, and is not told again
            self.disconnect(socket)
            raise Unavailable
        self._engine.user_came(engine_id)

    def _identify(self, environ: dict[str, Any], auth: object) -> Actor:
        if auth is not None and not isinstance(auth, dict):
            raise BadRequest("auth must be an object with a token.")
        token = auth.get("token") if auth else None
        if token is not None:
            if not isinstance(token, str):
                raise InvalidToken
            return self._services.sessions.identify(token=token)
        cookie = self._trust.cookie(environ)
        if cookie is None:
            raise Unauthenticated
        if not self._trust.is_same_origin(environ):
            raise ForeignOrigin
        return self._services.sessions.identify(cookie=cookie)
