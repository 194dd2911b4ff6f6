"""Who is let in, and what the others are told."""

import json
import re
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from socketio.exceptions import ConnectionError as NotConnected

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import Person, Socket, eventually
from tests.integration.sockets.raw import ADDRESS, CLOSE, a_websocket

FOREIGN = ["https://evil.example", "null", "http://127.0.0.1:1", "file://"]
POLLING = "/socket.io/?EIO=4&transport=polling"


def refusal(url: str, **options: Any) -> dict[str, Any]:
    """The CONNECT_ERROR that a connection is answered with."""
    socket = Socket()
    with pytest.raises(NotConnected):
        socket.connect(url, **options)
    try:
        (error,) = socket.all("connect_error")
        return problem_in(error)
    finally:
        socket.close()


def problem_in(error: Any) -> dict[str, Any]:
    """What a CONNECT_ERROR tells."""
    assert error["message"] == error["data"]["detail"]
    assert error["data"]["request_id"]
    return dict(error["data"])


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        (None, "unauthenticated"),
        ({}, "unauthenticated"),
        ({"token": None}, "unauthenticated"),
        ({"token": ""}, "invalid_token"),
        ({"token": "not.a.token"}, "invalid_token"),
        ({"token": "\x00"}, "invalid_token"),
        ({"token": 7}, "invalid_token"),
        ({"token": ["x"]}, "invalid_token"),
    ],
)
def test_without_a_valid_token_the_answer_is_a_connect_error_with_the_problem(
    server: ParleyServer, auth: object, code: str
) -> None:
    problem = refusal(server.url, auth=auth)
    assert (problem["status"], problem["code"]) == (401, code)


def test_whoever_polls_gets_the_same_connect_error(server: ParleyServer) -> None:
    assert refusal(server.url, auth={"token": "bad"}, transports=["polling"])["code"] == "invalid_token"


@pytest.mark.parametrize("auth", ['"token"', "[1]", "true"])
def test_auth_that_is_no_object_is_a_bad_request(server: ParleyServer, auth: str) -> None:
    with a_websocket(server) as client:
        client.text()
        client.send(f"40{auth}")
        answer = client.text()
        assert answer.startswith("44{")
        assert '"status":400' in answer


def test_a_forged_and_an_unsigned_token_are_refused(server: ParleyServer, anna: Person) -> None:
    head, claims, signature = anna.token.split(".")
    for token in (f"{head}.{claims}.{signature[::-1]}", f"eyJhbGciOiJub25lIn0.{claims}.", f"{head}.{claims}."):
        assert refusal(server.url, auth={"token": token})["code"] == "invalid_token"


def test_the_token_of_a_session_that_is_over_is_refused(server: ParleyServer, anna: Person) -> None:
    anna.ask("POST", "/api/logout")
    assert refusal(server.url, auth={"token": anna.token})["code"] == "invalid_token"


def test_a_browsers_cookie_lets_in_pages_of_this_server(server: ParleyServer, anna: Person) -> None:
    cookie = anna.browser_cookie()
    for vouched in ({"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}):
        with anna.connected(auth=None, headers={"Cookie": cookie, **vouched}, transports=["polling"]) as socket:
            assert socket.ask("presence", {"user_ids": [anna.id]}) == {"online": [anna.id]}
        assert websocket_answer(server, {"Cookie": cookie, **vouched}).startswith("40{")


@pytest.mark.parametrize("vouched", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_a_cookie_from_nobody_knows_where_is_refused(
    server: ParleyServer, anna: Person, vouched: dict[str, str]
) -> None:
    headers = {"Cookie": anna.browser_cookie(), **vouched}
    problem = refusal(server.url, headers=headers, transports=["polling"])
    assert (problem["status"], problem["code"]) == (403, "foreign_origin")
    answer = websocket_answer(server, headers)
    assert answer.startswith("44{")
    assert json.loads(answer[2:])["data"]["code"] == "foreign_origin"


def websocket_answer(server: ParleyServer, headers: Mapping[str, str]) -> str:
    """The answer to a CONNECT that shows nothing, over a WebSocket that was opened with these headers and no others.

    By hand: the clients' WebSockets vouch for themselves with an Origin.
    """
    with a_websocket(server, headers=headers) as client:
        assert client.text().startswith("0{")
        client.send("40")
        while (answer := client.text()).startswith("42"):
            """What is pushed may overtake the answer."""
        return answer


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_sites_do_not_even_reach_engine_io(server: ParleyServer, anna: Person, origin: str) -> None:
    headers = {"Origin": origin, "Cookie": anna.browser_cookie(), "Connection": "close"}
    reply = requests.get(server.url + POLLING, headers=headers, timeout=10)
    assert (reply.status_code, reply.json()["code"]) == (403, "foreign_origin")
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_sites_get_no_websocket(server: ParleyServer, anna: Person, origin: str) -> None:
    cookie = anna.browser_cookie()
    with requests.Session() as http:
        sid = re.findall(r'"sid":"([^"]+)"', http.get(server.url + POLLING, timeout=10).text)[0]
    for path in (ADDRESS, f"{ADDRESS}&sid={sid}"):  # a new connection, and the upgrade of one that polls
        for site, status in ((origin, "403"), (server.url, "101")):
            with a_websocket(server, path=path, headers={"Origin": site, "Cookie": cookie}) as client:
                assert client.reply.startswith(f"HTTP/1.1 {status} ")


def test_the_public_address_is_the_origin_that_counts(tmp_path: Path) -> None:
    public = "https://chat.example.org"
    with a_parley(tmp_path, PARLEY_PUBLIC_URL=public, DATABASE_URL="memory://") as server:
        for origin, status in ((public, 200), (server.url, 403)):
            headers = {"Origin": origin, "Connection": "close"}
            assert requests.get(server.url + POLLING, headers=headers, timeout=10).status_code == status


def test_jsonp_which_any_site_could_read_is_not_spoken(server: ParleyServer) -> None:
    reply = requests.get(f"{server.url}{POLLING}&j=0", headers={"Connection": "close"}, timeout=10)
    assert reply.status_code == 400


def test_a_second_connect_on_the_same_connection_is_a_conflict_and_changes_nothing(
    server: ParleyServer, anna: Person
) -> None:
    with a_websocket(server) as client:
        client.log_in(anna.token)
        client.send(f'40{{"token":"{anna.token}"}}')
        while (answer := client.text()).startswith("42"):
            """What is pushed may overtake the answer."""
        assert answer.startswith("44")
        problem = problem_in(json.loads(answer[2:]))
        assert (problem["status"], problem["code"]) == (409, "conflict")
        assert client.ack('["presence",{"user_ids":[]}]') == '[{"data":{"online":[]}}]'


def test_a_second_connect_of_whoever_polls_is_answered_the_same(server: ParleyServer, anna: Person) -> None:
    with requests.Session() as http:
        sid = re.findall(r'"sid":"([^"]+)"', http.get(server.url + POLLING, timeout=10).text)[0]
        url = f"{server.url}{POLLING}&sid={sid}"

        def ask(packet: str, answer: str) -> str:
            assert http.post(url, data=packet, timeout=10).ok
            while True:
                for said in http.get(url, timeout=10).text.split("\x1e"):
                    if said.startswith(answer):
                        return said.removeprefix(answer)

        connect = f'40{{"token":"{anna.token}"}}'
        ask(connect, "40")
        assert problem_in(json.loads(ask(connect, "44")))["code"] == "conflict"
        assert ask('421["presence",{"user_ids":[]}]', "431") == '[{"data":{"online":[]}}]'


def test_other_namespaces_do_not_exist(server: ParleyServer) -> None:
    with a_websocket(server) as client:
        client.text()
        client.send("40/admin,{}")
        answer = client.text()
        assert answer.startswith("44/admin,")
        problem = problem_in(json.loads(answer.removeprefix("44/admin,")))
        assert (problem["status"], problem["code"]) == (404, "not_found")


@pytest.fixture(scope="module")
def lifetimes(server: ParleyServer) -> dict[str, float]:
    """How long connections live that name no user, all waited for at once, while one that does stays."""
    person, began, ages = Person(server), time.monotonic(), {}
    with ExitStack() as opened:
        silent, refused, left, kept = (opened.enter_context(a_websocket(server)) for _ in range(4))
        refused.text()
        refused.send("40{}")
        left.log_in(person.token)
        left.send("41")
        kept.log_in(person.token)
        sid = re.findall(r'"sid":"([^"]+)"', requests.get(server.url + POLLING, timeout=10).text)[0]
        for name, client in (("silent", silent), ("refused", refused), ("disconnected", left)):
            while client.read().opcode != CLOSE:
                pass
            ages[name] = time.monotonic() - began
        poll = f"{server.url}{POLLING}&sid={sid}"
        eventually(lambda: requests.get(poll, timeout=15).status_code == 400, "the polling session to end", 15)
        ages["polling"] = time.monotonic() - began
        assert kept.ack('["presence",{"user_ids":[]}]') == '[{"data":{"online":[]}}]'
    return ages


@pytest.mark.parametrize("who", ["silent", "refused", "disconnected", "polling"])
def test_a_connection_that_names_no_user_is_closed_after_ten_seconds(lifetimes: dict[str, float], who: str) -> None:
    assert 9.5 < lifetimes[who] < 12


def test_a_user_has_at_most_so_many_sockets(tmp_path: Path) -> None:
    with a_parley(tmp_path, PARLEY_MAX_SOCKETS_PER_USER="2", DATABASE_URL="memory://") as server:
        anna, ben = Person(server), Person(server)
        with anna.connected(), ben.connected():
            with anna.connected():
                problem = refusal(server.url, auth={"token": anna.token})
                assert (problem["status"], problem["code"], problem["retry_after"]) == (429, "too_many", 30)
            with anna.connected() as again:  # one went, so that there is room
                assert again.ask("presence", {"user_ids": []}) == {"online": []}


def test_an_address_has_at_most_so_many_connections(tmp_path: Path) -> None:
    with a_parley(tmp_path, PARLEY_MAX_SOCKETS_PER_ADDRESS="2", DATABASE_URL="memory://") as server:
        people = [Person(server) for _ in range(3)]
        url = server.url + POLLING
        with people[0].connected():
            with people[1].connected():
                reply = requests.get(url, headers={"Connection": "close"}, timeout=10)
                assert (reply.status_code, reply.json()["code"]) == (429, "too_many")
                assert int(reply.headers["Retry-After"]) > 0
            with people[2].connected() as socket:
                assert socket.ask("presence", {"user_ids": []}) == {"online": []}


def test_proxies_that_are_trusted_say_which_address_calls(tmp_path: Path) -> None:
    settings = {"PARLEY_MAX_SOCKETS_PER_ADDRESS": "1", "PARLEY_TRUSTED_PROXIES": "1", "DATABASE_URL": "memory://"}
    with a_parley(tmp_path, **settings) as server:
        statuses = [
            requests.get(
                server.url + POLLING, headers={"X-Forwarded-For": address, "Connection": "close"}, timeout=10
            ).status_code
            for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
        ]
        assert statuses == [200, 200, 429]


def test_whoever_sends_too_much_is_told_when_to_try_again(tmp_path: Path) -> None:
    with a_parley(tmp_path, DATABASE_URL="memory://") as server:
        anna = Person(server)
        room = anna.opens()
        with anna.connected() as socket:
            acks = [socket.call("send_message", {"room_id": room, "message": "x"}) for _ in range(80)]
            refused = [ack["error"] for ack in acks if "error" in ack]
            assert 80 - len(refused) == 60
            assert {(problem["status"], problem["code"]) for problem in refused} == {(429, "too_many")}
            assert all(1 <= problem["retry_after"] <= 10 for problem in refused)
            assert socket.ask("presence", {"user_ids": []}) == {"online": []}
