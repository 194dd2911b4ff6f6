"""HTTP over one connection, with an end to everything that a client could make last for ever."""

import logging
import time
from contextlib import suppress
from http.client import HTTPException
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any, Final, cast

from gevent import Timeout
from gevent.pywsgi import Input, WSGIHandler
from werkzeug.exceptions import RequestTimeout

if TYPE_CHECKING:
    from entrypoints.serving.server import Server

_log = logging.getLogger(__name__)

HEADERS_WITHIN: Final = 10.0
"""Seconds from the first byte of a request, or from the opening of its connection, to the end of its headers."""

BODY_WITHIN: Final = 30.0
"""Seconds from the first reading of a body to its end."""

LARGEST_HEADERS: Final = 32 * 1024
_WORTH_DISCARDING: Final = 64 * 1024


class Handler(WSGIHandler):
    """Serves one connection. How long it may be idle is the timeout of its socket."""

    server: "Server"
    _limit: Timeout | None = None
    _body: "_Body"
    _served = 0
    _is_cut = False
    _is_upgraded = False

    def handle(self) -> None:
        """Serve until either side is done, or a limit is reached."""
        try:
            super().handle()
        except Timeout as reached:
            if reached is not self._limit:
                raise
        except OSError:
            _log.debug("a client went away")
        finally:
            self._headers_came()

    def read_requestline(self) -> str:
        """The first line of the next request, for which a connection that was of use may wait longer."""
        if self._served:
            self.rfile.peek(1)
        self._limit = Timeout.start_new(HEADERS_WITHIN)
        self.server.pending_requests.add(self)
        return super().read_requestline()

    def read_request(self, raw_requestline: str) -> Any:  # noqa: ANN401 - gevent and its stubs disagree
        """Parse the request; raises ValueError for one that is none."""
        try:
            is_request = super().read_request(raw_requestline)
        finally:
            self._headers_came()
        if self._is_cut:  # the end of the bytes would pass for the end of the headers
            raise ValueError("too slow")
        return is_request

    def MessageClass(self, rfile: Any, *_: object) -> Any:  # noqa: ANN401, N802 - the name is gevent's
        """The headers; raises ValueError for too many or too long ones."""
        try:
            return super().MessageClass(_Headers(rfile))  # type: ignore[arg-type]  # it is read by `readline` alone
        except HTTPException as error:
            raise ValueError(str(error)) from error

    def get_environ(self) -> dict[str, Any]:
        """The WSGI environment, with a body that must come in time."""
        environ = super().get_environ()
        given: Any = self.wsgi_input
        self.wsgi_input = self._body = _Body(given.rfile, given.content_length, given.socket, given.chunked_input)
        # An upgrade is a GET; where something else asks for one, gevent would hand out the bare connection.
        self._is_upgraded = environ["wsgi.input"] is not given and self.command == "GET"
        if not self._is_upgraded:
            environ["wsgi.input"] = self._body
            environ["wsgi.input_terminated"] = True
        return environ

    def handle_one_response(self) -> None:
        """Answer one request."""
        self._served += 1
        with self.server.answering():
            super().handle_one_response()
        if self._is_upgraded or self._body.is_unread or self.server.is_stopping:
            self.close_connection = True

    def log_error(self, msg: str, *args: object) -> None:
        """Log a client's mistake, for debugging."""
        _log.debug(msg, *args)

    def handle_error(self, t: Any, v: Any, tb: Any) -> None:  # noqa: ANN401 - what sys.exc_info() holds
        """Report a bug; a client who went away is none."""
        if not issubclass(t, OSError):
            super().handle_error(t, v, tb)
        self.close_connection = True

    def hang_up(self) -> None:
        """End the connection: its greenlet finds nothing more to read."""
        self._is_cut = True
        sock: Any = self.socket
        with suppress(OSError):
            sock._sock.shutdown(SHUT_RDWR)  # gevent's own would raise in the greenlet, and be logged as a bug

    def _headers_came(self) -> None:
        self.server.pending_requests.remove(self)
        if self._limit:
            self._limit.close()


class _Headers:
    """The lines of the headers, up to a size for all of them."""

    def __init__(self, rfile: Any) -> None:  # noqa: ANN401 - a buffered reader
        self._rfile = rfile
        self._left = LARGEST_HEADERS

    def readline(self, limit: int) -> bytes:
        line: bytes = self._rfile.readline(min(limit, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise ValueError("headers too large")
        return line


class _Body(Input):
    """A body that raises RequestTimeout when it takes too long, and is thrown away only if that is quick."""

    _deadline: float | None = None
    is_unread = False

    def read(self, length: int | None = None) -> bytes:
        return cast(bytes, self._in_time(super().read, length))

    def readline(self, size: int | None = None) -> bytes:
        return cast(bytes, self._in_time(super().readline, size))

    def _discard(self) -> None:  # gevent calls it when the application did not read to the end
        left = (self.content_length or 0) - self.position
        # How long a chunked body is cannot be known.
        if left > _WORTH_DISCARDING or self.chunked_input:
            self.is_unread = True
        else:
            try:
                super()._discard()  # type: ignore[misc]  # not in the stubs
            except RequestTimeout:
                self.is_unread = True

    def _in_time(self, read: Any, size: int | None) -> object:  # noqa: ANN401 - a method of gevent's
        now = time.monotonic()
        self._deadline = self._deadline or now + BODY_WITHIN
        with Timeout(max(self._deadline - now, 0.001), RequestTimeout("The body took too long.")):
            return read(size)
