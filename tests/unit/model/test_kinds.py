"""Every kind of event is listed wherever kinds are: a kind without a row fails here."""

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from chat_domain.model.errors import Invalid
from chat_domain.model.events import KINDS, RoomChanged, RoomEvent, UnknownEvent, kind_of
from chat_domain.model.events.fields import details_of, fields_of, restored
from chat_domain.model.memberships import Member
from chat_domain.model.users import Person
from chat_domain.model.values import RoomDescription, RoomName
from tests.events import BOB, EXAMPLES, PLACE

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "entrypoints" / "web" / "src" / "shared"
ALL = list(chain(*EXAMPLES.values()))


def declared_kinds() -> Iterator[type[RoomEvent]]:
    """The kinds that stand in a module; a subclass may also be what a slotted dataclass was made from."""
    for each in RoomEvent.__subclasses__():
        if getattr(import_module(each.__module__), each.__name__, None) is each and each is not UnknownEvent:
            yield each


def test_every_declared_kind_is_listed() -> None:
    declared = {kind for kind in declared_kinds() if kind.__module__.startswith("chat_domain.")}
    assert declared == set(KINDS.values())
    assert all(name == kind.KIND for name, kind in KINDS.items())


def test_every_kind_has_an_example() -> None:
    assert {name: {type(event) for event in examples} for name, examples in EXAMPLES.items()} == {
        name: {kind} for name, kind in KINDS.items()
    }


def test_every_kind_has_a_type_and_a_reducer_in_the_web_client() -> None:
    types = re.findall(r'^ +type: "(\w+)";$', (CLIENT / "api" / "schema.ts").read_text(), re.MULTILINE)
    table = (CLIENT / "chat" / "events" / "kinds.ts").read_text()
    assert sorted(types) == sorted(KINDS)
    assert [kind for kind in KINDS if not re.search(rf"^  {kind}[,:]", table, re.MULTILINE)] == []


@pytest.mark.parametrize("event", ALL, ids=kind_of)
def test_an_event_is_restored_from_what_a_storage_keeps_of_it(event: RoomEvent) -> None:
    carried = [getattr(event, field.name) for field in fields_of(type(event))]
    people = [each for each in carried if isinstance(each, Person)]
    people += [each.person for each in carried if isinstance(each, Member)]
    user = people[0] if people else None
    message = getattr(event, "message", None)
    head = (event.room_id, event.seq, event.at, event.actor)
    assert restored(type(event), head, details_of(event), message=message, user=user) == event


@pytest.mark.parametrize(
    "details",
    [None, [], "text", {}, {"name": "x"}, {"name": 7, "description": ""}, {"name": "\ud800", "description": ""}],
    ids=repr,
)
def test_details_of_another_form_are_refused(details: object) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        restored(RoomChanged, PLACE, details, message=None, user=None)


@pytest.mark.parametrize("details", [{}, {"role": "king"}, {"role": 7}], ids=repr)
def test_a_role_of_another_form_is_refused(details: object) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        restored(RoomChanged, PLACE, details, message=None, user=BOB)


def test_a_message_or_a_user_that_is_not_there_is_refused() -> None:
    for kind in ("message", "user_join"):
        with pytest.raises(LookupError):
            restored(KINDS[kind], PLACE, {}, message=None, user=None)


def test_a_room_changes_in_one_way_at_a_time() -> None:
    (member,) = (event.member for event in EXAMPLES["room_changed"] if isinstance(event, RoomChanged) and event.member)
    with pytest.raises(Invalid):
        RoomChanged(*PLACE)
    with pytest.raises(Invalid):
        RoomChanged(*PLACE, RoomName("attic"), RoomDescription(""), member)
