"""Every route and every event, called by every kind of caller in every kind of room, is answered as the table says."""

import pytest

from tests.integration.rights.calls import IN_A_ROOM, ON_THE_SERVER, Ids, call_in_room, payload_of
from tests.integration.rights.people import IN_THE_ROOM, People, Somebody
from tests.integration.rights.table import CALLERS, KINDS, KINDS_OF_ACCOUNTS, ROOMS, SERVER


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def everybody(people: People) -> dict[str, Somebody]:
    """One person for each column, and those to whom something is done."""
    names = {*CALLERS, *IN_THE_ROOM, "newcomer"} - {"anonymous"}
    return {name: people.somebody(name) for name in sorted(names)}


def test_every_route_and_every_event_has_rows_for_every_kind_of_room(people: People) -> None:
    everything = people.routes | people.answers.keys()
    assert {row.partition(" - ")[0] for row in [*ROOMS, *SERVER]} == everything
    assert not [row for row in SERVER if "<int:room_id>" in row]
    for row, outcomes in ROOMS.items():
        assert tuple(outcomes) == KINDS, row
    assert (set(ROOMS), set(SERVER)) == (set(IN_A_ROOM), set(ON_THE_SERVER))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", ROOMS)
def test_in_a_room(people: People, everybody: dict[str, Somebody], row: str, kind: str) -> None:
    assert found_in_room(people, everybody, row, kind) == ROOMS[row][kind]


@pytest.mark.parametrize("row", SERVER)
def test_on_the_server(people: People, row: str) -> None:
    assert found_on_server(people, row) == SERVER[row]


def found_in_room(people: People, everybody: dict[str, Somebody], row: str, kind: str) -> dict[str, str]:
    """What each caller is answered."""
    found = {}
    for name in CALLERS:
        if kind == "direct" and name in ("moderator", "owner"):
            found[name] = "-"
            continue
        with people.room(kind, everybody, name) as ids:
            somebody = everybody.get(name)
            if " /" in row:
                caller = somebody.caller if somebody else people.anonymous()
                found[name] = outcome(call_in_room(caller, row, ids).status_code)
            else:
                found[name] = of_event(people, somebody, row, payload_of(row, ids))
    return found


def found_on_server(people: People, row: str) -> dict[str, str]:
    """What each kind of account is answered. Each is a new one, as some calls sign it out."""
    found = {}
    others = {name: people.somebody(name) for name in {*IN_THE_ROOM, "newcomer"}}
    for kind in KINDS_OF_ACCOUNTS:
        somebody = None if kind == "anonymous" else people.somebody(kind)
        caller = somebody.caller if somebody else people.anonymous()
        with people.room("private", others | ({"member": somebody} if somebody else {}), "member") as room:
            ids = Ids(room.room, other=others["owner"].actor.session_id, newcomer=room.newcomer, member=room.member)
            path, body = ON_THE_SERVER[row](caller, ids)
            if path:
                reply = caller.open(path, method=row.partition(" ")[0], json=body)
                found[kind] = outcome(reply.status_code)
            else:
                found[kind] = of_event(people, somebody, row, body or {})
    return found


def of_event(people: People, somebody: Somebody | None, row: str, payload: object) -> str:
    """The outcome of an event; who is anonymous has a socket that was never let in."""
    assert isinstance(payload, dict)
    ack = people.send(somebody, row.partition(" - ")[0], payload)
    return "ok" if "data" in ack else outcome(ack["error"]["status"])


def outcome(status: int) -> str:
    return "ok" if status in (200, 201) else str(status)
