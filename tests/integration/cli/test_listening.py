"""Where Parley cannot listen, it says why, in a sentence that helps."""

import errno
import os
import socket
from pathlib import Path

import pytest

from entrypoints.listening import listen
from entrypoints.settings import BadSettings
from tests.integration.cli.command import one_sentence, parley


def refused(host: str, port: int = 0) -> str:
    """The sentence."""
    with pytest.raises(BadSettings) as refusal:
        listen(host, port)
    return str(refusal.value)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


HOSTS = ["127.0.0.1", *(["::1"] if has_ipv6() else [])]


@pytest.mark.parametrize("host", [*HOSTS, "localhost"])
def test_it_listens_on_an_address_of_this_machine(host: str) -> None:
    with listen(host, 0) as listener, socket.create_connection(listener.getsockname()[:2], timeout=5) as client:
        client.sendall(b"GET")
        listener.accept()[0].close()


@pytest.mark.parametrize("host", HOSTS)
def test_a_port_in_use_is_told(host: str) -> None:
    with listen(host, 0) as listener:
        port = listener.getsockname()[1]
        assert refused(host, port) == (
            f"Parley cannot listen on HOST {host}, PORT {port}: another program listens there; choose another PORT."
        )


def test_an_address_that_is_not_of_this_machine_is_told() -> None:
    assert refused("192.0.2.1") == "Parley cannot listen on HOST 192.0.2.1, PORT 0: this machine has no such address."


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EACCES, "-"), "this port takes privileges that Parley has not; choose a PORT above 1023."),
        (OSError(errno.EINVAL, "-"), "this address takes the name of its network interface, like fe80::1%eth0."),
        (OSError(errno.EAFNOSUPPORT, "-"), "this machine has no IPv6."),
        (OSError(errno.ENOBUFS, "-"), f"{os.strerror(errno.ENOBUFS)}."),
        (socket.gaierror(socket.EAI_NONAME, "-"), "this machine has no such address."),
    ],
)
def test_what_the_system_forbids_or_lacks_is_told(monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("entrypoints.listening.socket.socket", fail)
    assert refused("fe80::1", 80) == f"Parley cannot listen on HOST fe80::1, PORT 80: {reason}"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serving_ends_with_that_sentence(tmp_path: Path, workers: str) -> None:
    where = {"HOST": "192.0.2.1", "DATABASE_URL": "memory://" if workers == "1" else "postgresql://127.0.0.1:1/x"}
    done = parley("serve", "--workers", workers, data=tmp_path / "data", **where)
    assert one_sentence(done, code=2).endswith(": this machine has no such address.")


def test_a_name_is_no_address(tmp_path: Path) -> None:
    done = parley("serve", data=tmp_path / "data", HOST="chat.example.org")
    assert one_sentence(done, code=2) == (
        "The setting HOST cannot be used: it must be an address of this machine, like 127.0.0.1 or ::1, or localhost."
    )
