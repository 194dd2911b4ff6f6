"""The socket on which Parley listens."""

import os
import socket
from typing import Final

from entrypoints.settings import BadSettings

_WAITING: Final = 1024
"""Connections that the system keeps until somebody accepts them."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; the system chooses the port where it is 0. Raises BadSettings where it cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_WAITING)
    except OSError as error:
        listener.close()
        raise BadSettings(
            f"Parley cannot listen on HOST {host}, PORT {port}: {os.strerror(error.errno or 0)}."
        ) from error
    return listener
