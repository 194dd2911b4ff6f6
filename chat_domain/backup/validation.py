"""Whether contents are valid: every reference leads to a record, every log is dense, every message is in one."""

from chat_domain.backup.contents import Summary, ascending, require
from chat_domain.backup.log_validation import LogValidation
from chat_domain.model.identifiers import LARGEST_ID
from chat_domain.model.memberships import Role
from chat_domain.model.rights import ServerRole
from chat_domain.model.rooms import RoomKind, people_of
from chat_domain.ports.backups import Contents


def validate(contents: Contents) -> Summary:
    """Check every record; raises DamagedBackup with what is wrong."""
    require(0 <= contents.last_id <= LARGEST_ID, "its counter of ids is wrong")
    users = _users(contents)
    for credentials in ascending("credentials", contents.records("credentials")):
        require(credentials["user_id"] in users, "a password is nobody's")
    rooms = _rooms(contents, users)
    for session in ascending("sessions", contents.records("sessions")):
        require(session["user_id"] in users, "a session is nobody's")
    for membership in ascending("memberships", contents.records("memberships")):
        require(
            membership["room_id"] in rooms and membership["user_id"] in users, "a membership is of nobody or nowhere"
        )
        require(membership["role"] in list(Role), "a member has an unknown role")
        farthest = max(membership["joined_seq"], membership["read_seq"])
        require(farthest <= rooms[membership["room_id"]][1], "a membership is ahead of its log")
    logs = LogValidation(contents, users)
    for room_id, (first_seq, last_seq) in rooms.items():
        logs.validate(room_id, first_seq, last_seq)
    logs.require_end()
    _require_cursors_within_logs(contents, rooms)
    return Summary(len(users), len(rooms), logs.messages, logs.events)


def _users(contents: Contents) -> set[int]:
    users = set()
    for user in ascending("users", contents.records("users")):
        require(user["role"] in list(ServerRole), "an account has an unknown role")
        users.add(user["id"])
    return users


def _rooms(contents: Contents, users: set[int]) -> dict[int, tuple[int, int]]:
    """The first and the last seq of each room."""
    rooms = {}
    for room in ascending("rooms", contents.records("rooms")):
        key, direct = room["direct_key"], room["kind"] == RoomKind.DIRECT
        require(room["kind"] in list(RoomKind), "a room is of an unknown kind")
        require((key is not None) == (room["name"] is None) == direct, "a room has no name of its kind")
        require(key is None or _are_all_in(users, key), "a direct room is of people who are not there")
        require(room["first_seq"] > 0, "a log begins before its first place")
        rooms[room["id"]] = room["first_seq"], room["last_seq"]
    return rooms


def _require_cursors_within_logs(contents: Contents, rooms: dict[int, tuple[int, int]]) -> None:
    """A consumer that is ahead of a log would pass over what is appended next."""
    consumers = {consumer["name"] for consumer in ascending("consumers", contents.records("consumers"))}
    for cursor in ascending("consumer_cursors", contents.records("consumer_cursors")):
        require(cursor["consumer"] in consumers and cursor["room_id"] in rooms, "a cursor is of nobody or nowhere")
        require(0 < cursor["seq"] <= rooms[cursor["room_id"]][1], "a cursor is outside of its log")


def _are_all_in(users: set[int], key: str) -> bool:
    try:
        return users.issuperset(people_of(key))
    except ValueError:
        return False
