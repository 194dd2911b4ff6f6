"""The socket on which Parley listens."""

import errno
import os
import socket
from contextlib import ExitStack
from typing import Final

from entrypoints.settings import BadSettings

_WAITING: Final = 1024
"""Connections that the system keeps until the server accepts them."""

_SILENT: Final = 3
"""Seconds that the system keeps a connection over which nothing was sent yet, which costs it much less than it would
cost the server. Linux only, see tcp(7); longer than a busy client takes between its opening and its request."""

_NO_SUCH_ADDRESS: Final = "this machine has no such address"
_REASONS: Final = {
    errno.EADDRINUSE: "another program listens there; choose another PORT",
    errno.EACCES: "this port takes privileges that Parley has not; choose a PORT above 1023",
    errno.EADDRNOTAVAIL: _NO_SUCH_ADDRESS,
    errno.EAFNOSUPPORT: "this machine has no IPv6",
    errno.EINVAL: "this address takes the name of its network interface, like fe80::1%eth0",
}
"""In words that tell what to do, where the system's own do not."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; the system chooses the port where it is 0. Raises BadSettings where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with ExitStack() as unless_it_listens:
            listener = unless_it_listens.enter_context(socket.socket(family))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, "TCP_DEFER_ACCEPT"):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _SILENT)
            listener.bind((host, port))
            listener.listen(_WAITING)
            unless_it_listens.pop_all()
    except OSError as error:
        raise BadSettings(f"Parley cannot listen on HOST {host}, PORT {port}: {_reason(error)}.") from error
    return listener


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):  # its numbers are others
        return _NO_SUCH_ADDRESS
    return _REASONS.get(error.errno or 0) or os.strerror(error.errno or 0)
