"""Whether contents are valid is found out by reading them."""

from collections.abc import Callable
from typing import Any

import pytest

from chat_domain.backup.contents import PARTS, DamagedBackup, Summary
from chat_domain.backup.validation import validate
from chat_domain.model.identifiers import LARGEST_ID
from tests.unit.backup.contents import ANN, BOB, DIRECT, PRIVATE, PUBLIC, GivenContents, a_record, some_parts

Parts = dict[str, list[dict[str, Any]]]


def test_valid_contents_are_counted() -> None:
    assert validate(GivenContents(some_parts())) == Summary(users=2, rooms=3, messages=3, events=9)


def test_nothing_at_all_is_valid() -> None:
    assert validate(GivenContents({part: [] for part in PARTS})) == Summary(0, 0, 0, 0)


def test_an_event_of_an_unknown_kind_is_valid_whatever_it_carries() -> None:
    parts = some_parts()
    parts["events"][7].update(type="from_the_future", message_seq=99, user_id=ANN, detail="{")
    assert validate(GivenContents(parts)).events == 9


def test_a_long_log_is_validated_to_its_end() -> None:
    parts = some_parts()
    parts["rooms"][1]["last_seq"] = 10_000
    places = [{"room_id": PRIVATE, "seq": seq} for seq in range(1, 10_001)]
    said = [a_record("messages", **place, id=1_000 + place["seq"], sender_id=ANN, body="so") for place in places]
    posted = [a_record("events", **at, type="message", actor_id=ANN, message_seq=at["seq"]) for at in places]
    parts["messages"][2:2] = said
    parts["events"][8:8] = posted
    assert validate(GivenContents(parts)).messages == 10_003
    parts["messages"][9_999]["seq"] += 1
    del parts["messages"][10_000]
    with pytest.raises(DamagedBackup, match="a message is missing"):
        validate(GivenContents(parts))


def changed(part: str, number: int, **fields: Any) -> Callable[[Parts], object]:
    return lambda parts: parts[part][number].update(fields)


def without(part: str, number: int) -> Callable[[Parts], object]:
    return lambda parts: parts[part].pop(number)


def twice(part: str) -> Callable[[Parts], object]:
    return lambda parts: parts[part].append(parts[part][-1])


def reversed_(part: str) -> Callable[[Parts], object]:
    return lambda parts: parts[part].reverse()


ROLE_DETAILS = ("{", "[]", "5", "{}", '{"role": "king"}', '{"role": ["owner"]}', '{"role": null}', "[" * 100_000)
ROOM_DETAILS = (
    "null",
    '{"name": "attic"}',
    '{"description": ""}',
    '{"name": null, "description": ""}',
    '{"name": "attic", "description": 5}',
    '{"name": "\\ud800", "description": ""}',
    '{"role": "owner"}',
    "9" * 10_000,
)

SPOILT: dict[str, tuple[Callable[[Parts], object], str]] = {
    "an event is lost": (without("events", 4), "gap"),
    "the first event is lost": (without("events", 0), "gap"),
    "the last event is lost": (without("events", 7), "longer or shorter"),
    "a log begins early": (changed("rooms", 0, first_seq=0), "before its first place"),
    "a log begins late": (changed("rooms", 0, first_seq=2), "gap"),
    "a log ends early": (changed("rooms", 2, last_seq=0), "longer or shorter"),
    "a log ends late": (changed("rooms", 1, last_seq=1), "longer or shorter"),
    "a message is lost": (without("messages", 1), "a message is missing"),
    "the last message is lost": (without("messages", 2), "a message is missing"),
    "a message stands elsewhere": (changed("messages", 1, seq=5), "in no log"),
    "a message stands ahead of the log": (changed("messages", 1, seq=99), "in no log"),
    "a message stands nowhere": (changed("messages", 0, seq=0), "in no log"),
    "a message is nobody's": (changed("messages", 0, sender_id=9), "nobody's"),
    "a reply is to nothing": (changed("messages", 1, reply_to=19), "replies"),
    "a reply is to another room": (changed("messages", 1, reply_to=21), "replies"),
    "a reply is to a message without its place": (changed("messages", 1, reply_to_seq=None), "replies"),
    "a reply is to a place without its message": (changed("messages", 1, reply_to=None), "replies"),
    "a reply is to the place of another message": (changed("messages", 1, reply_to_seq=2), "replies"),
    "a reply is to itself": (changed("messages", 1, reply_to=10, reply_to_seq=5), "replies"),
    "a message has no text": (changed("messages", 0, body=""), "no text"),
    "a deleted message has text": (changed("messages", 1, body="words"), "no text"),
    "two messages have one id": (changed("messages", 1, id=20), "one id"),
    "a message's room is lost": (changed("messages", 2, room_id=9), "message is missing"),
    "a room is lost": (without("rooms", 0), "not there|nowhere"),
    "an event is nobody's": (changed("events", 0, actor_id=9), "nobody's doing"),
    "an event is about nobody": (changed("events", 1, user_id=9), "about nobody"),
    "a joining lacks who": (changed("events", 1, user_id=None), "about nobody"),
    "an edit says who": (changed("events", 4, user_id=ANN), "about nobody"),
    "an edit is of no message": (changed("events", 4, message_seq=2), "not there"),
    "an edit is of a later message": (changed("events", 4, message_seq=6), "not there"),
    "an edit is of its own place": (changed("events", 4, message_seq=5), "not there"),
    "an edit lacks its message": (changed("events", 4, message_seq=None), "not there"),
    "a post is of an earlier message": (changed("events", 3, message_seq=3), "another message"),
    "a post lacks its message": (changed("events", 3, message_seq=None), "not there"),
    "a joining has a message": (changed("events", 0, message_seq=1), "about no message"),
    "a role lacks its details": (changed("events", 6, detail=None), "details"),
    "a post has details": (changed("events", 2, detail="{}"), "details"),
    **{f"a role is {text:.40}": (changed("events", 6, detail=text), "cannot be read") for text in ROLE_DETAILS},
    **{f"a room is {text:.40}": (changed("events", 7, detail=text), "cannot be read") for text in ROOM_DETAILS},
    "a mention is in no message": (changed("mentions", 0, seq=5), "mention"),
    "a mention is of nobody": (changed("mentions", 0, user_id=9), "mention"),
    "a mention is in no room": (changed("mentions", 0, room_id=9), "not there"),
    "a password is nobody's": (changed("credentials", 1, user_id=9), "nobody's"),
    "a cursor is nobody's": (changed("consumer_cursors", 0, consumer="main"), "nobody"),
    "a cursor is nowhere": (changed("consumer_cursors", 2, room_id=9), "nowhere"),
    "a cursor is ahead of its log": (changed("consumer_cursors", 2, seq=2), "outside of its log"),
    "a cursor is before its log": (changed("consumer_cursors", 2, seq=0), "outside of its log"),
    "a session is nobody's": (changed("sessions", 0, user_id=9), "nobody's"),
    "a membership is nobody's": (changed("memberships", 1, user_id=9), "nobody"),
    "a membership is nowhere": (changed("memberships", 2, room_id=9), "nowhere"),
    "a membership is in an unknown role": (changed("memberships", 2, role="king"), "unknown role"),
    "a read mark is ahead of its log": (changed("memberships", 2, read_seq=2), "ahead"),
    "a joining is ahead of its log": (changed("memberships", 2, joined_seq=2), "ahead"),
    "an account is in an unknown role": (changed("users", 0, role="king"), "unknown role"),
    "a room is of an unknown kind": (changed("rooms", 0, kind="hidden"), "unknown kind"),
    "a room has no name": (changed("rooms", 0, name=None), "no name of its kind"),
    "a direct room has a name": (changed("rooms", 2, name="ours"), "no name of its kind"),
    "a direct room has no people": (changed("rooms", 2, direct_key=None), "no name of its kind"),
    "a public room has people": (changed("rooms", 0, direct_key="1,2"), "no name of its kind"),
    "a direct room is of nobody": (changed("rooms", 2, direct_key="1,9"), "people who are not there"),
    "a direct room is of nonsense": (changed("rooms", 2, direct_key="ann"), "people who are not there"),
    **{f"{part} come twice": (twice(part), f"{part} are not in order") for part in PARTS},
    **{f"{part} are in disorder": (reversed_(part), "not|missing|shorter") for part in PARTS if part != "mentions"},
}


@pytest.mark.parametrize("how", SPOILT)
def test_damage_is_told(how: str) -> None:
    spoil, what = SPOILT[how]
    parts = some_parts()
    spoil(parts)
    with pytest.raises(DamagedBackup, match=f"The backup is damaged: .*({what})"):
        validate(GivenContents(parts))


@pytest.mark.parametrize("last_id", [-1, LARGEST_ID + 1])
def test_an_impossible_counter_is_told(last_id: int) -> None:
    with pytest.raises(DamagedBackup, match="counter"):
        validate(GivenContents(some_parts(), last_id=last_id))


def beginning_later(first_seq: int) -> Parts:
    """The public room's log from this place on."""
    parts = some_parts()
    parts["rooms"][0]["first_seq"] = first_seq
    for part in ("events", "messages", "mentions"):
        parts[part] = [each for each in parts[part] if each["room_id"] != PUBLIC or each["seq"] >= first_seq]
    return parts


@pytest.mark.parametrize(("first_seq", "messages", "events"), [(3, 3, 7), (4, 2, 6), (5, 1, 5), (8, 1, 2), (9, 1, 1)])
def test_what_was_before_a_log_begins_is_gone_and_may_be_referred_to(
    first_seq: int, messages: int, events: int
) -> None:
    summary = validate(GivenContents(beginning_later(first_seq)))
    assert (summary.messages, summary.events) == (messages, events)


def test_a_message_of_before_the_log_begins_belongs_to_nothing() -> None:
    for part in ("messages", "mentions"):
        parts = beginning_later(4)
        parts[part].insert(0, some_parts()[part][0])
        with pytest.raises(DamagedBackup, match=r"in no log|in no message"):
            validate(GivenContents(parts))


def test_a_deleted_message_may_be_replied_to_and_a_departed_author_stays_known() -> None:
    parts = some_parts()
    parts["messages"][0].update(body="", deleted_at=7)
    parts["memberships"].pop(1)
    assert BOB in {message["sender_id"] for message in parts["messages"]}
    assert DIRECT in {message["room_id"] for message in parts["messages"]}
    assert PUBLIC in {mention["room_id"] for mention in parts["mentions"]}
    validate(GivenContents(parts))
