"""libpq, through which both the storage and the bus speak with PostgreSQL: names are looked up before it connects.

It would look them up itself, in a call during which nothing else goes on in the process, whatever gevent has patched:
for ten seconds and more at each attempt while no name server answers.
"""

import os
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from itertools import cycle
from typing import Any, Final

from psycopg2 import OperationalError

OPTIONS: Final = {
    "client_encoding": "utf8",  # whatever the database or the environment asks for
    # Who is gone is noticed by the system's own timers: psycopg2 heeds no timeouts of its own among greenlets.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Of every connection."""

_FOUND_WITHIN: Final = 6.0
"""Seconds for one name: where the first name server is dead the system asks the second after five."""


def located(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A connection's parameters with the addresses of each host beside its name, by which TLS and passwords go.

    All addresses of a name are tried, and a name that is not found is passed over, as libpq itself does it. Raises
    OperationalError where none is found. What PGHOST or a service file says is left to libpq.
    """
    hosts, ports = (str(parameters.get(name) or "").split(",") for name in ("host", "port"))
    is_known = hosts == [""] or parameters.get("hostaddr") or "PGHOSTADDR" in os.environ
    if is_known or len(ports) not in (1, len(hosts)):  # of which libpq says what is wrong
        return dict(parameters)
    places: list[tuple[str, str, str]] = []
    missing: list[OperationalError] = []
    for host, port in zip(hosts, cycle(ports), strict=False):
        try:
            places += [(host, address, port) for address in _addresses(host)]
        except OperationalError as error:
            missing.append(error)
    if not places:
        raise missing[-1]
    host, hostaddr, port = map(",".join, zip(*places, strict=True))
    return {**parameters, "host": host, "hostaddr": hostaddr, **({"port": port} if len(ports) > 1 else {})}


def _addresses(host: str) -> list[str]:
    """Of what is no name an empty one, for which libpq takes the host itself."""
    if not _is_name(host):
        return [""]
    from gevent import Timeout  # noqa: PLC0415 - only programs that run under gevent have it

    try:
        with Timeout(_FOUND_WITHIN, TimeoutError("no answer")):
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OperationalError(f'could not translate host name "{host}" to address: {error}') from error
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def _is_name(host: str) -> bool:
    """Rather than an address, or the path of a socket."""
    try:
        ip_address(host)
    except ValueError:
        return host[:1] not in ("", "/", "@")
    return False
