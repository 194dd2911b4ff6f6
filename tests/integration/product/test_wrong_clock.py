"""The machine's clock jumps, and is set right again: the chat goes on, and what the wrong time broke heals."""

from typing import Any

import pytest

from chat_domain.model.identifiers import UserId
from tests.integration.contracts.machine import MachineTime, WallClock
from tests.integration.http.world import Caller, World, a_name, problem

HOUR = 3_600
GRACE = 10


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> MachineTime:
    return MachineTime(monkeypatch)


@pytest.fixture
def world(machine: MachineTime) -> World:
    """A chat with rate limits, that goes by the machine's clock."""
    world = World({"PARLEY_RATE_LIMITS": "on"})
    world.container.clock.override(WallClock())
    return world


def refresh(caller: Caller) -> None:
    """What a client does whose token is refused."""
    reply = caller.post("/api/token", json={"refresh_token": caller.refresh_token}, headers={"Authorization": ""})
    assert reply.status_code == 200, reply.text
    caller.token, caller.refresh_token = reply.json["token"], reply.json["refresh_token"]
    caller.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {caller.token}"


def talk(caller: Caller, other: Caller, room: dict[str, Any], said: list[str]) -> None:
    """One posts and edits, and both read everything in its order."""
    path = f"/api/chat/rooms/{room['id']}/messages"
    message = caller.says(room, "not yet", client_id=a_name())
    said.append(f"{len(said)} messages before")
    assert caller.patch(f"{path}/{message['id']}", json={"message": said[-1]}).status_code == 200
    for reader in (caller, other):
        assert [one["content"] for one in reader.get(f"{path}?limit=200").json["messages"]][-len(said) :] == said


@pytest.mark.parametrize("jumps", [(HOUR, 0), (-HOUR, 0), (HOUR, -HOUR, 0), (-HOUR, HOUR, 0)])
def test_people_talk_on_whatever_the_clock_does(machine: MachineTime, world: World, jumps: tuple[float, ...]) -> None:
    anna, ben, said = world.someone(), world.someone(), list[str]()
    room = anna.opens()
    anna.brings(ben, room)
    browser, first = world.browser(ben), anna.token
    talk(anna, ben, room, said)
    for ahead in jumps:
        machine.set_ahead(ahead)
        for caller in (anna, ben):
            if caller.get("/api/me").status_code == 401:
                refresh(caller)
        talk(anna, ben, room, said)
        talk(ben, anna, room, said)
        for caller in (anna, ben):
            refresh(caller)
        assert browser.get("/api/me").status_code == 200, "a browser stays signed in"
        assert len(world.someone().get("/api/sessions").json["sessions"]) == 1, "and others come"
    assert anna.get("/api/me", headers={"Authorization": f"Bearer {first}"}).status_code == 200
    events = anna.get(f"/api/chat/rooms/{room['id']}/events?limit=200").json["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


def test_an_access_token_that_a_wrong_clock_ends_is_exchanged_and_holds_again_when_the_clock_is_right(
    machine: MachineTime, world: World
) -> None:
    anna = world.someone()
    first = anna.token
    machine.set_ahead(HOUR)
    problem(anna.get("/api/me"), 401, "invalid_token")
    refresh(anna)
    second = anna.token
    machine.set_ahead(0)
    for token in (first, second):
        assert anna.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    refresh(anna)


@pytest.mark.parametrize("then", [0, HOUR, -HOUR])
def test_who_sent_too_much_waits_no_longer_for_it(machine: MachineTime, world: World, then: float) -> None:
    anna = world.someone()
    room = anna.opens()
    path = f"/api/chat/rooms/{room['id']}/messages"
    machine.set_ahead(HOUR)
    refresh(anna)
    while (reply := anna.post(path, json={"message": "again"})).status_code == 201:
        pass
    problem(reply, 429, "too_many")
    machine.set_ahead(then)
    refused = anna.post(path, json={"message": "again"})
    problem(refused, 429, "too_many")
    assert int(refused.headers["Retry-After"]) <= 10
    machine.go_on(10)
    assert anna.post(path, json={"message": "again"}).status_code == 201


@pytest.mark.parametrize(("went", "then"), [(HOUR, 0), (0, -HOUR), (0, HOUR), (-HOUR, 0)])
def test_who_went_is_offline_within_a_minute_whatever_the_clock_does(
    machine: MachineTime, world: World, went: float, then: float
) -> None:
    anna, ben = world.someone(), world.someone()
    room = anna.opens()
    anna.brings(ben, room)
    presence = world.container.presence_service()

    def are_online() -> list[bool]:
        presence.sweep()
        refresh(anna)
        members = anna.get(f"/api/chat/rooms/{room['id']}").json["chat_room"]["users"]
        return [member["online"] for member in members]

    machine.set_ahead(went)
    presence.arrive(UserId(anna.id))
    presence.arrive(UserId(ben.id))
    presence.depart(UserId(ben.id))
    assert are_online() == [True, True]
    machine.set_ahead(then)
    are_online()  # as every second
    machine.go_on(60 + GRACE)
    assert are_online() == [True, False]
    presence.arrive(UserId(ben.id))
    assert are_online() == [True, True]
