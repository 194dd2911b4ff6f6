"""The official client from npm connects, talks, is refused, and comes back after a restart."""

import json
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import Person, eventually

CLIENT = Path(__file__).parents[3] / "entrypoints/web/node_modules/socket.io-client/build/esm-debug/index.js"
SCRIPT = Path(__file__).with_name("talk.mjs")


class JavaScriptClient:
    """A Node process that speaks for one person."""

    def __init__(self, url: str, token: str) -> None:
        node = shutil.which("node") or Path(sys.executable).with_name("node")
        self._process = subprocess.Popen(
            [node, SCRIPT, CLIENT, url, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._told: queue.Queue[list[Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def does(self, *command: object) -> None:
        assert self._process.stdin
        print(json.dumps(command), file=self._process.stdin, flush=True)

    def tells(self, *beginning: object, within: float = 30) -> list[Any]:
        """The rest of the next line that begins so; those before it are dropped."""
        while True:
            told = self._told.get(timeout=within)
            if told[: len(beginning)] == list(beginning):
                return told[len(beginning) :]

    def transport(self) -> str:
        self.does("transport")
        return str(self.tells("transport")[0])

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream
            stream.close()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._told.put(json.loads(line))


@contextmanager
def a_javascript_client(url: str, token: str) -> Iterator[JavaScriptClient]:
    client = JavaScriptClient(url, token)
    try:
        yield client
    finally:
        client.end()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="-".join)
def test_it_talks_with_python_both_ways(anna: Person, ben: Person, transports: list[str]) -> None:
    room = anna.opens(ben)
    with a_javascript_client(anna.url, anna.token) as script, ben.connected() as python:
        script.does("connect", {"transports": transports})
        script.tells("connect")
        eventually(lambda: script.transport() == transports[-1], "the upgrade")
        script.does("emit", "send_message", {"room_id": room, "message": "from Node", "client_id": "1"})
        (ack,) = script.tells("ack", "send_message")
        assert python.hears("receive_message")["message"] == ack["data"]["message"]
        answered = python.ask("send_message", {"room_id": room, "message": "from Python"})["message"]
        script.does("emit", "sync", {"rooms": {str(room): answered["seq"] - 1}})
        (synced,) = script.tells("ack", "sync")
        assert [event["message"] for event in synced["data"]["rooms"][str(room)]["events"]] == [answered]


def test_it_hears_what_is_pushed(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with a_javascript_client(ben.url, ben.token) as script:
        script.does("connect")
        script.tells("connect")
        message = anna.says(room, "hello, Node")
        assert script.tells("event", "receive_message")[0]["message"] == message
        anna.ask("DELETE", f"/api/chat/rooms/{room}")
        assert script.tells("event", "room_removed") == [{"room_id": room}]


def test_a_refused_event_carries_the_problem(anna: Person) -> None:
    with a_javascript_client(anna.url, anna.token) as script:
        script.does("connect")
        script.tells("connect")
        for payload in ({"room_id": 2**63, "message": "\ud800"}, None, "text", {"room_id": 1, "message": "\ud800"}):
            script.does("emit", "send_message", payload)
            (ack,) = script.tells("ack", "send_message")
            assert ack["error"]["status"] in (400, 422)


def test_a_bad_token_is_a_connect_error_with_the_problem(anna: Person) -> None:
    with a_javascript_client(anna.url, "bad") as script:
        script.does("connect")
        message, problem = script.tells("connect_error")
        assert (problem["status"], problem["code"], problem["detail"]) == (401, "invalid_token", message)


def test_the_end_of_the_session_is_told_and_final(anna: Person) -> None:
    with a_javascript_client(anna.url, anna.token) as script:
        script.does("connect", {"transports": ["websocket"]})
        script.tells("connect")
        anna.ask("POST", "/api/logout")
        assert script.tells("event", "session_ended") == [{"code": "logged_out"}]
        reason, comes_back = script.tells("disconnect")
        assert (reason, comes_back) == ("io server disconnect", False)


@pytest.mark.parametrize(
    ("kind", "transport"), [("native", "websocket"), ("native", "polling"), ("stock", "websocket")]
)
def test_it_comes_back_by_itself_after_a_restart(tmp_path: Path, kind: str, transport: str) -> None:
    with a_parley(tmp_path, PARLEY_TRANSPORT=kind) as server:
        anna = Person(server)
        with a_javascript_client(server.url, anna.token) as script:
            script.does("connect", {"transports": [transport]})
            script.tells("connect")
            assert _restart(server) == 0
            reason, comes_back = script.tells("disconnect")
            assert (reason != "io server disconnect", comes_back) == (True, True)
            script.tells("connect")
            script.does("emit", "presence", {"user_ids": [anna.id]})
            assert script.tells("ack", "presence") == [{"data": {"online": [anna.id]}}]


def _restart(server: ParleyServer) -> int:
    code = server.stop(signal.SIGTERM)
    server.start()
    return code
