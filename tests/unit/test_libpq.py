"""The addresses of PostgreSQL's hosts: found before libpq connects, for it would hold up every greenlet meanwhile."""

import socket
from typing import Any

import gevent
import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from adapters.libpq import located

BOOK = {"db": ["10.0.0.1"], "two": ["fd00::2", "10.0.0.2", "10.0.0.2"]}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were asked for."""
    names: list[str] = []

    def look_up(host: str, port: None, *, type: int) -> list[tuple[int, int, int, str, tuple[Any, ...]]]:
        host.encode("idna")  # as the real one does, which fails for what can be no name
        names.append(host)
        if host not in BOOK:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, type, 6, "", (address, 0)) for address in BOOK[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://db/chat", {"host": "db", "hostaddr": "10.0.0.1"}),
        ("postgresql://db:5433/chat", {"host": "db", "hostaddr": "10.0.0.1", "port": "5433"}),
        ("postgresql://two:5433/chat", {"host": "two,two", "hostaddr": "fd00::2,10.0.0.2", "port": "5433"}),
        (
            "postgresql://two:1,db:2/chat",
            {"host": "two,two,db", "hostaddr": "fd00::2,10.0.0.2,10.0.0.1", "port": "1,1,2"},
        ),
        ("postgresql://db,two/chat?port=5433", {"host": "db,two,two", "hostaddr": "10.0.0.1,fd00::2,10.0.0.2"}),
        ("postgresql://gone:1,db:2/chat", {"host": "db", "hostaddr": "10.0.0.1", "port": "2"}),
        (f"postgresql://{'x' * 64}:1,db:2/chat", {"host": "db", "hostaddr": "10.0.0.1", "port": "2"}),
        ("postgresql://%2Frun:1,db:2/chat", {"host": "/run,db", "hostaddr": ",10.0.0.1", "port": "1,2"}),
        ("postgresql://[fe80::1%25lo]:1,10.0.0.9/chat", {"host": "fe80::1%lo,10.0.0.9", "hostaddr": ","}),
    ],
)
def test_the_addresses_of_each_name_stand_beside_it(url: str, found: dict[str, str]) -> None:
    assert located(parse_dsn(url)) == {**parse_dsn(url), **found}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann@/chat?host=/run/postgresql",
        "postgresql://@/chat?host=@abstract",
        "postgresql://127.0.0.1:5433/chat",
        "postgresql://db/chat?hostaddr=10.0.0.7",
        "postgresql://db,two/chat?port=1,2,3",
    ],
)
def test_where_there_is_nothing_to_find_nobody_is_asked(url: str, asked: list[str]) -> None:
    given = parse_dsn(url)
    assert {name: value for name, value in located(given).items() if value} == given
    assert asked == []


def test_where_no_host_is_named_libpq_finds_its_own() -> None:
    assert located({"dbname": "chat"}) == {"dbname": "chat"}


def test_who_says_the_address_in_the_environment_is_asked_for_no_name(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.7")
    assert located({"host": "gone"}) == {"host": "gone"}
    assert asked == []


def test_a_name_server_that_is_silent_is_not_waited_for_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.libpq._FOUND_WITHIN", 0.01)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: gevent.sleep(60))
    with pytest.raises(psycopg2.OperationalError, match='"db" to address: no answer'):
        located({"host": "db"})


def test_a_name_that_nobody_knows_is_what_a_server_is_that_cannot_be_reached() -> None:
    with pytest.raises(psycopg2.OperationalError, match=r'"gone".*Name or service not known'):
        located({"host": "away,gone", "password": "hidden"})
