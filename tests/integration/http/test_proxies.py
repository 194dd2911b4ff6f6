"""Behind proxies: what they say of the caller is believed as far as the operator trusts them."""

from pathlib import Path

import pytest
import requests

from tests.integration.servers.parley import a_parley
from tests.integration.sockets.people import PASSWORD

FORWARDED = {
    "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "chat.example.org",
}


@pytest.mark.parametrize(
    ("trusted", "address", "cookie", "origin"),
    [("0", "127.0.0.1", "parley", None), ("1", "203.0.113.9", "__Host-parley", "https://chat.example.org")],
)
def test_address_scheme_and_host_are_believed_from_trusted_proxies_alone(
    tmp_path: Path, trusted: str, address: str, cookie: str, origin: str | None
) -> None:
    with a_parley(tmp_path, DATABASE_URL="memory://", PARLEY_TRUSTED_PROXIES=trusted) as server:
        login = {"username": "anna", "password": PASSWORD}
        requests.post(f"{server.url}/api/register", json=login, timeout=10)
        headers = {**FORWARDED, "Origin": origin or server.url}
        reply = requests.post(f"{server.url}/api/login", json={**login, "cookie": True}, headers=headers, timeout=10)
        assert reply.status_code == 200, reply.text
        assert list(reply.cookies.keys()) == [cookie]
        value = {"Cookie": f"{cookie}={reply.cookies[cookie]}"}
        sessions = requests.get(f"{server.url}/api/sessions", headers={**FORWARDED, **value}, timeout=10).json()
        assert [session["address"] for session in sessions["sessions"]] == [address]
