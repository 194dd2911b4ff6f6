"""What the log tells of a day: every request under its id, every fault, and never what people keep to themselves."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from entrypoints.logs import Repeats, set_up_logs
from tests.integration.http.world import OTHER_PASSWORD, PASSWORD, Caller, Reply, World, problem, sign_in

BODY = "the tide is at half past six"
EDITED = "the tide is at seven"


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., StringIO]]:
    """Sets the logs up as `parley serve` does, and returns where they go."""
    root, level, handlers = logging.getLogger(), logging.getLogger().level, logging.getLogger().handlers[:]

    def begin(*, terminal: bool) -> StringIO:
        monkeypatch.setattr(sys, "stderr", StringIO())
        set_up_logs("debug", stream_is_terminal=terminal)
        return sys.stderr  # type: ignore[return-value]  # the one set above

    yield begin
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def a_day(world: World) -> set[str]:
    """Everything that can be done with secrets, well and badly; returns the secrets."""
    anna = world.someone(email="anna@private.example")
    ben = world.someone()
    browser = {"username": anna.username, "password": PASSWORD, "cookie": True}
    reply = world.nobody().post("/api/login", json=browser, headers={"Origin": "http://localhost"})
    cookie = reply.headers["Set-Cookie"].partition(";")[0]
    world.nobody().get("/api/me", headers={"Cookie": cookie})
    room = anna.opens(name="The secret harbour", kind="private")
    anna.brings(ben, room)
    said = anna.says(room, BODY, client_id="key-of-this-send")
    path = f"/api/chat/rooms/{room['id']}/messages"
    anna.patch(f"{path}/{said['id']}", json={"message": EDITED})
    ben.get(f"{path}?limit=5")
    refused = [
        anna.post(path, json={"message": BODY + "\x00"}),
        anna.post(path, data=f'{{"message": "{BODY}', content_type="application/json"),
        anna.post(path, json={"message": BODY, BODY: BODY}),
        anna.post(path, json={"message": [BODY]}),
        anna.get(f"/api/users?query={BODY}&token={anna.token}"),
        anna.get(f"/api/{anna.token}"),
        world.nobody().post("/api/login", json={"username": PASSWORD, "password": PASSWORD}),
        world.nobody().get("/api/me", headers={"Authorization": f"Bearer {anna.token}x"}),
        world.nobody().post("/api/token", json={"refresh_token": anna.refresh_token + "x"}),
        world.nobody().post("/api/token", json={"refresh_token": [ben.refresh_token]}),
    ]
    assert {reply.status_code for reply in refused} == {400, 401, 404, 422}
    fresh = world.nobody().post("/api/token", json={"refresh_token": anna.refresh_token}).json
    anna.patch("/api/me", json={"password": OTHER_PASSWORD, "current_password": PASSWORD})
    sign_in(anna, OTHER_PASSWORD)
    anna.post("/api/logout")
    tokens = {anna.token, anna.refresh_token, ben.token, ben.refresh_token, fresh["token"], fresh["refresh_token"]}
    return {
        PASSWORD,
        OTHER_PASSWORD,
        BODY,
        EDITED,
        "anna@private.example",
        "key-of-this-send",
        *tokens,
        cookie.partition("=")[2],
    }


@pytest.mark.parametrize("terminal", [False, True])
def test_no_password_token_cookie_or_message_is_ever_in_the_log(
    set_up: Callable[..., StringIO], *, terminal: bool
) -> None:
    log = set_up(terminal=terminal)
    secrets = a_day(World())
    text = log.getvalue()
    assert text.count("request_id") > 20, "the day is in the log"
    assert [secret for secret in secrets if secret in text or json.dumps(secret)[1:-1] in text] == []


Call = Callable[[Caller, dict[str, Any]], Reply]
FAULTS: dict[str, tuple[str, str, Call]] = {
    "storage": (
        "storage",
        "unit_of_work",
        lambda anna, room: anna.post(f"/api/chat/rooms/{room['id']}/messages", json={"message": BODY}),
    ),
    "hashing": (
        "hasher",
        "verify",
        lambda anna, _: anna.post("/api/login", json={"username": anna.username, "password": PASSWORD}),
    ),
}


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(("part", "method", "call"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_noted_with_its_traceback_and_without_what_it_was_about(
    set_up: Callable[..., StringIO],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    method: str,
    call: Call,
    *,
    terminal: bool,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("planted")

    world = World()
    anna = world.someone()
    room = anna.opens()
    monkeypatch.setattr(getattr(world.container, part)(), method, broken)
    log = set_up(terminal=terminal)
    body = problem(call(anna, room), 500, "internal")
    text = log.getvalue()
    assert "Traceback" in text
    assert "ZeroDivisionError" in text
    assert "in broken" in text, "and where it was"
    assert body["request_id"] in text
    assert [secret for secret in (PASSWORD, BODY, anna.token, anna.refresh_token) if secret in text] == []


def test_each_request_is_one_line_of_json_with_its_route_and_not_its_address(
    set_up: Callable[..., StringIO],
) -> None:
    world = World()
    anna = world.someone()
    room = anna.opens()
    log = set_up(terminal=False)
    reply = anna.get(f"/api/chat/rooms/{room['id']}/messages?limit=7")
    anna.get("/healthz")
    (line,) = log.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["request_id"] == reply.headers["X-Request-ID"]
    assert (entry["method"], entry["status"], entry["level"]) == ("GET", 200, "info")
    assert entry["route"] == "/api/chat/rooms/<int:room_id>/messages"
    assert {"timestamp", "ms", "event", "logger"} <= set(entry)


def test_what_repeats_is_told_at_once_and_then_every_ten_seconds_with_how_often(
    set_up: Callable[..., StringIO],
) -> None:
    log, now = set_up(terminal=False), 1_000.0
    (handler,) = logging.getLogger().handlers
    handler.filters[:] = [Repeats(clock=lambda: now)]
    storage, other = logging.getLogger("adapters.sql.executor"), logging.getLogger("adapters.sql.other")

    def told() -> list[str]:
        lines = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
        log.truncate(log.seek(0))
        return lines

    for _ in range(3):
        storage.warning("the database failed: %s", "disk full (100%)")
    other.warning("the database failed: %s", "elsewhere")
    storage.warning("another failure")
    assert told() == [
        "the database failed: disk full (100%)",
        "the database failed: elsewhere",
        "another failure",
    ]
    now += 9.9
    storage.warning("the database failed: %s", "disk full (100%)")
    assert told() == []
    now += 0.1
    for _ in range(2):
        storage.warning("the database failed: %s", "refused")
    assert told() == ["the database failed: refused (3 more like it before)"]
    now += 1_000
    storage.warning("the database failed: %s", "gone")
    now += 10
    storage.warning("the database failed: %s", "gone")
    assert told() == ["the database failed: gone (1 more like it before)", "the database failed: gone"]


def test_what_was_not_expected_and_what_is_no_warning_is_told_every_time(set_up: Callable[..., StringIO]) -> None:
    log = set_up(terminal=False)
    for _ in range(3):
        logging.getLogger("adapters").error("a batch failed", exc_info=ZeroDivisionError("planted"))
        logging.getLogger("adapters").info("the bus is back")
        structlog.get_logger("parley.sockets").error("fault", exc_info=ZeroDivisionError("planted"))
        structlog.get_logger("parley.workers").error("a worker ended; it is replaced", worker=7)
        logging.getLogger("adapters").warning("the bus is away")
    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events.count("the bus is away") == 1
    assert {events.count(event) for event in set(events) - {"the bus is away"}} == {3}
    assert len(events) == 13
