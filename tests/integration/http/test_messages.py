"""Posting, repeating, editing and deleting messages, reading back, read marks and the room log."""

from typing import Any

import pytest

from tests.integration.http.world import Caller, bad_fields, problem


@pytest.fixture
def room(anna: Caller, ben: Caller) -> dict[str, Any]:
    """Anna's room, with Ben in it."""
    opened = anna.opens()
    anna.brings(ben, opened)
    return opened


def path(room: dict[str, Any], end: str = "/messages") -> str:
    return f"/api/chat/rooms/{room['id']}{end}"


def test_a_message_is_kept_exactly_as_written(anna: Caller, ben: Caller, room: dict[str, Any]) -> None:
    text = "  \u202bשלום\u202c 👩‍👩‍👧 e\u0301 Å\tx\r\n<b>&amp;</b> \\u0041 ' \" -- ;"
    posted = anna.says(room, text, client_id="one")
    expected = {"content": text, "seq": 3, "room_id": room["id"], "client_id": "one", "edited_at": None}
    assert expected.items() <= posted.items()
    assert posted["sender"] == {"id": anna.id, "username": anna.username, "name": ""}
    assert (posted["deleted"], posted["reply_to"]) == (False, None)
    assert posted["created_at"].endswith("Z")
    assert ben.get(path(room)).json["messages"] == [posted]


def test_the_same_client_id_again_returns_the_first_message(anna: Caller, ben: Caller, room: dict[str, Any]) -> None:
    body = {"message": "once", "client_id": "key"}
    first, again = anna.post(path(room), json=body), anna.post(path(room), json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    problem(anna.post(path(room), json={**body, "message": "other"}), 409, "client_id_reused")
    assert ben.post(path(room), json=body).status_code == 201, "another sender has keys of their own"
    assert len(anna.get(path(room)).json["messages"]) == 2


def test_a_repeated_send_of_a_deleted_message_does_not_bring_it_back(anna: Caller, room: dict[str, Any]) -> None:
    posted = anna.says(room, "gone", client_id="key")
    anna.delete(path(room, f"/messages/{posted['id']}"))
    again = anna.post(path(room), json={"message": "gone", "client_id": "key"})
    assert (again.status_code, again.json["message"]["deleted"], again.json["message"]["content"]) == (200, True, "")


def test_a_reply_names_a_message_of_the_same_room(anna: Caller, room: dict[str, Any]) -> None:
    first, elsewhere = anna.says(room), anna.says(anna.opens())
    said = anna.says(room, "yes", reply_to=first["id"])
    assert (said["reply_to"], said["reply_to_seq"]) == (first["id"], first["seq"])
    around = anna.get(path(room), query_string={"around": said["reply_to_seq"], "limit": 1}).json
    assert [message["id"] for message in around["messages"]] == [first["id"]]
    for other in (elsewhere["id"], 2**52):
        reply = anna.post(path(room), json={"message": "yes", "reply_to": other})
        assert bad_fields(reply) == {"reply_to": "message_not_found"}


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({}, {"message"}),
        ({"message": None}, {"message"}),
        ({"message": 5}, {"message"}),
        ({"message": ["x"]}, {"message"}),
        ({"message": {"x": 1}}, {"message"}),
        ({"message": ""}, {"message"}),
        ({"message": " \n\t"}, {"message"}),
        ({"message": "\u200b\u2060"}, {"message"}),
        ({"message": "x" * 4_001}, {"message"}),
        ({"message": "nul\x00"}, {"message"}),
        ({"message": "bell\x07"}, {"message"}),
        ({"message": "x", "client_id": ""}, {"client_id"}),
        ({"message": "x", "client_id": "k" * 129}, {"client_id"}),
        ({"message": "x", "client_id": 5}, {"client_id"}),
        ({"message": "x", "client_id": "k\x00"}, {"client_id"}),
        ({"message": "x", "reply_to": 0}, {"reply_to"}),
        ({"message": "x", "reply_to": -1}, {"reply_to"}),
        ({"message": "x", "reply_to": 2**53}, {"reply_to"}),
        ({"message": "x", "reply_to": 2**64}, {"reply_to"}),
        ({"message": "x", "reply_to": "1"}, {"reply_to"}),
        ({"message": "x", "reply_to": 1.0}, {"reply_to"}),
        ({"message": "x", "reply_to": True}, {"reply_to"}),
        ({"message": "x", "sender": 1, "seq": 1, "room_id": 1}, {"sender", "seq", "room_id"}),
        ({"message": "x", "attachments": []}, {"attachments"}),
    ],
)
def test_a_bad_message_is_refused_with_every_bad_field(
    anna: Caller, room: dict[str, Any], body: dict[str, Any], blamed: set[str]
) -> None:
    assert set(bad_fields(anna.post(path(room), json=body))) == blamed
    assert anna.get(path(room)).json["messages"] == []


def test_the_longest_message_fits_in_any_script_and_spelling(anna: Caller, room: dict[str, Any]) -> None:
    assert len(anna.says(room, "👩" * 4_000)["content"]) == 4_000
    escaped = '{"message":"' + "\\ud83d\\udc69" * 4_000 + '"}'
    reply = anna.post(path(room), data=escaped, content_type="application/json")
    assert (reply.status_code, reply.json["message"]["content"]) == (201, "👩" * 4_000)


def test_the_sender_alone_edits(anna: Caller, ben: Caller, room: dict[str, Any]) -> None:
    said = ben.says(room, "helo")
    where = path(room, f"/messages/{said['id']}")
    problem(anna.patch(where, json={"message": "other words"}), 403, "forbidden")
    edited = ben.patch(where, json={"message": "hello"}).json["message"]
    assert (edited["content"], edited["id"], edited["seq"]) == ("hello", said["id"], said["seq"])
    assert edited["edited_at"]
    assert anna.get(path(room)).json["messages"] == [edited]


def test_the_sender_or_a_moderator_deletes(anna: Caller, ben: Caller, outsider: Caller, room: dict[str, Any]) -> None:
    anna.brings(outsider, room)
    first, second = ben.says(room, "one"), ben.says(room, "two")
    problem(outsider.delete(path(room, f"/messages/{first['id']}")), 403, "forbidden")
    for caller, message in ((ben, first), (anna, second)):
        for _ in range(2):
            gone = caller.delete(path(room, f"/messages/{message['id']}")).json["message"]
            assert (gone["content"], gone["deleted"], gone["seq"]) == ("", True, message["seq"])
    problem(ben.patch(path(room, f"/messages/{first['id']}"), json={"message": "back"}), 409, "message_deleted")
    texts = [anna.get(path(room)).text, anna.get(path(room, "/events")).text, anna.get(path(room, "")).text]
    assert not any('"one"' in text or '"two"' in text for text in texts), "nobody reads what was deleted"


def test_a_message_is_not_reached_through_another_room(anna: Caller, room: dict[str, Any]) -> None:
    said, other = anna.says(room), anna.opens()
    for method, body in (("PATCH", {"message": "x"}), ("DELETE", None)):
        for where in (path(other, f"/messages/{said['id']}"), path(room, f"/messages/{2**52}")):
            problem(anna.open(where, method=method, json=body), 404, "message_not_found")


def test_history_is_read_from_any_place_in_both_directions(anna: Caller, room: dict[str, Any]) -> None:
    for number in range(3, 13):  # the first two places are the people who came
        anna.says(room, str(number))

    def page(query: str) -> tuple[list[int], bool, bool]:
        found = anna.get(path(room) + query).json
        assert found["chat_room_id"] == room["id"]
        seqs = [message["seq"] for message in found["messages"]]
        return seqs, found["has_more_before"], found["has_more_after"]

    assert page("") == (list(range(3, 13)), False, False)
    assert page("?limit=3") == ([10, 11, 12], True, False)
    assert page("?before=10&limit=3") == ([7, 8, 9], True, True)
    assert page("?before=3") == ([], False, True)
    assert page("?after=10") == ([11, 12], True, False)
    assert page("?after=0&limit=2") == ([3, 4], False, True)
    assert page("?after=12") == ([], True, False)
    assert page("?around=7&limit=3") == ([6, 7, 8], True, True)
    assert page("?around=3&limit=3") == ([3, 4, 5], False, True)
    assert page("?around=12&limit=3") == ([10, 11, 12], True, False)
    assert page("?around=9007199254740991&limit=3") == ([10, 11, 12], True, False)
    assert page("?before=9007199254740991&limit=1") == ([12], True, False)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "limit=",
        "before=-1",
        "before=x",
        "before=1&after=1",
        "before=9007199254740992",
        f"around={2**63}",
        f"after={'9' * 5_000}",
        "after=%00",
        "after=%ED%A0%80",
        "after=1e3",
        "token=abc",
        "limit[]=5",
    ],
)
def test_a_bad_place_in_the_history_is_refused(anna: Caller, room: dict[str, Any], query: str) -> None:
    assert bad_fields(anna.get(f"{path(room)}?{query}"))


def test_the_read_mark_moves_forward_only(anna: Caller, ben: Caller, room: dict[str, Any]) -> None:
    for text in ("one", "two", "three"):
        anna.says(room, text)

    def marked(seq: int) -> tuple[int, int]:
        view = ben.put(path(room, "/read"), json={"seq": seq}).json["chat_room"]
        return view["read_seq"], view["unread"]

    assert ben.get(path(room, "")).json["chat_room"]["unread"] == 3
    assert marked(3) == (3, 2)
    assert marked(1) == (3, 2)
    assert marked(2**53 - 1) == (5, 0)
    assert marked(0) == (5, 0)


@pytest.mark.parametrize("seq", [-1, 2**53, 2**70, "3", None, 1.5, True, [1]])
def test_a_bad_read_mark_is_refused(ben: Caller, room: dict[str, Any], seq: object) -> None:
    assert set(bad_fields(ben.put(path(room, "/read"), json={"seq": seq}))) == {"seq"}


def test_a_mention_is_counted_for_the_one_who_is_named(anna: Caller, ben: Caller, room: dict[str, Any]) -> None:
    anna.says(room, f"@{ben.username.upper()}, look!")
    anna.says(room, "nobody in particular")
    seen = ben.get(path(room, "")).json["chat_room"]
    assert (seen["unread"], seen["mentions"]) == (2, 1)


def test_the_log_tells_everything_that_happened_in_order(anna: Caller, ben: Caller, room: dict[str, Any]) -> None:
    said = ben.says(room, "helo")
    ben.patch(path(room, f"/messages/{said['id']}"), json={"message": "hello"})
    ben.delete(path(room, f"/messages/{said['id']}"))
    anna.patch(path(room, ""), json={"name": "Quay"})
    anna.brings(ben, room, role="moderator")
    ben.post(path(room, "/leave"))
    log = anna.get(path(room, "/events")).json
    assert [event["seq"] for event in log["events"]] == list(range(1, 9))
    assert (log["first_seq"], log["last_seq"], log["has_more"]) == (1, 8, False)
    assert [event["type"] for event in log["events"]] == [
        "user_join", "user_join", "message", "message_edited", "message_deleted", "room_changed", "room_changed",
        "user_left",
    ]  # fmt: skip
    assert log["events"][1]["user"]["id"] == ben.id
    assert log["events"][1]["actor"]["id"] == anna.id
    assert log["events"][5]["name"] == "Quay"
    assert log["events"][6]["member"]["role"] == "moderator"
    page = anna.get(path(room, "/events?after=2&limit=3")).json
    assert ([event["seq"] for event in page["events"]], page["has_more"]) == ([3, 4, 5], True)
    assert anna.get(path(room, "/events?after=8")).json["events"] == []
