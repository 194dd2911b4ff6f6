"""A backup of either database restores into either, with everything that was in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from adapters.archives import ZipArchives
from adapters.archives.layout import MANIFEST
from adapters.memory.backup import MemoryBackupStorage
from adapters.sql import migrations
from adapters.sql.backup import AHEAD
from adapters.sql.migrations import is_current, migrate
from adapters.sql.storages import sql_backup_storage
from adapters.sql.tables import epoch, events, metadata
from chat_domain.backup.contents import PARTS, DamagedBackup, Summary
from chat_domain.backup.formats import FORMATS
from chat_domain.backup.service import BackupService
from chat_domain.backup.validation import validate
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.model.identifiers import MessageId, RoomId, Seq, UserId
from chat_domain.model.memberships import Role
from chat_domain.model.rooms import RoomKind
from chat_domain.model.values import ClientKey, DisplayName, MessageBody, RoomDescription, RoomName
from tests.builders import A_DEVICE, A_PASSWORD, Chat
from tests.integration.archives.forging import rewrite
from tests.integration.contracts.homes import SqlHome
from tests.unit.backup.contents import ANN, PUBLIC, GivenContents, some_parts


@dataclass
class Town:
    """A chat with something of everything in it."""

    chat: Chat
    people: list[UserId]
    rooms: list[RoomId]
    cookie: str
    replayed: MessageId


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlHome]:
    """A place in which there is nothing, not even tables."""
    url = f"sqlite:///{tmp_path / 'new' / 'parley.db'}"
    home = SqlHome(url if request.param == "sqlite" else request.getfixturevalue("fresh_postgres_url"))
    yield home
    home.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parley.backup"


def backups(home: SqlHome) -> BackupService:
    return BackupService(storage=sql_backup_storage(home.url), archives=ZipArchives())


@dataclass
class Keys:
    """Where a restored key goes."""

    kept: list[bytes | None] = field(default_factory=list)
    begun: int = 0

    def __call__(self, key: bytes | None) -> "Keys":
        self.key = key
        return self

    def __enter__(self) -> None:
        self.begun += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.kept.append(self.key)


def a_town(home: SqlHome) -> Town:
    chat = home.chat()
    ann, bob, cleo = (chat.register(name) for name in ("ann", "Böb", "cleo"))
    chat.accounts.change(bob, name=DisplayName("Bob ’s  日本 🚢"))
    public = chat.open_room(ann, bob, cleo)
    private = chat.open_room(bob, ann, name='"quoted" \\ room', kind=RoomKind.PRIVATE)
    direct = chat.rooms.open_direct(ann, others=[cleo])[0].room.id
    empty = chat.open_room(cleo, name="empty")
    first = chat.say(ann, public, "hello @cleo\n\tand @Böb", key="key 1")
    reply = chat.say(bob, public, "no", reply_to=first.id)
    chat.messaging.edit(ann, room=public, message=first.id, body=MessageBody("hello again, @cleo"))
    chat.messaging.delete(bob, room=public, message=reply.id)
    replayed = chat.say(bob, private, "x" * MessageBody.LONGEST, key="key 2").id
    for number in range(30):
        chat.say(ann, direct, f"{number} \u2028 '; DROP TABLE messages; --")
    chat.rooms.change(ann, public, name=RoomName("Harbour"), description=RoomDescription("quiet\nplace"))
    chat.members.put(ann, public, bob, Role.MODERATOR)
    chat.members.leave(cleo, public)
    chat.reading.mark_read(cleo, direct, Seq(10))
    kept, ended = (chat.sessions.log_in_browser("cleo", A_PASSWORD, device=A_DEVICE)[1] for _ in range(2))
    chat.sessions.log_out(chat.sessions.identify(cookie=ended))
    return Town(chat, [ann, bob, cleo], [public, private, direct, empty], kept, replayed)


def state(chat: Chat, town: Town) -> dict[str, Any]:
    """All that people can see."""
    people, rooms = town.people, town.rooms
    cleo = chat.sessions.identify(cookie=town.cookie)
    joined = {who: chat.rooms.joined(who, "", after=RoomId(0), limit=100).items for who in people}
    return {
        "accounts": [chat.accounts.me(who) for who in people],
        "people": chat.people.search(people[0], "bo", after=UserId(0), limit=100),
        "rooms": joined,
        "public": chat.rooms.public(people[0], "harb", after=RoomId(0), limit=100),
        "logs": [chat.log(room) for room in rooms],
        "histories": {
            (who, view.room.id): chat.reading.before(who, view.room.id, None, limit=100)
            for who, views in joined.items()
            for view in views
        },
        "devices": chat.sessions.devices(cleo, limit=9).items,
    }


def test_what_is_restored_is_what_was_backed_up(sql_home: SqlHome, target: SqlHome, file: Path) -> None:
    town = a_town(sql_home)
    before = state(town.chat, town)
    epochs = [town.chat.reading.epoch()]
    backups(sql_home).back_up(file, key=b"k" * 32)
    summary = backups(target).verify(file)
    with sql_backup_storage(sql_home.url).contents() as contents:
        assert validate(contents) == summary
    keys = Keys()
    assert backups(target).restore(file, keep_key=keys) == summary
    assert keys.kept == [b"k" * 32]
    after = target.chat()
    assert state(after, town) == before
    views = [view for views in before["rooms"].values() for view in views]
    assert {view.unread for view in views} >= {0, 22}, "read marks and unread counts were compared"
    assert summary == Summary(3, 4, 33, sum(len(log) for log in before["logs"]))
    epochs.append(after.reading.epoch())
    assert len(set(epochs)) == 2


@pytest.mark.parametrize(
    ("kind", "detail"), [("room_changed", '{"role": "king"}'), ("room_changed", '{"name": "Harbour"')]
)
def test_an_event_whose_details_cannot_be_read_is_found(sql_home: SqlHome, file: Path, kind: str, detail: str) -> None:
    a_town(sql_home)
    with migrations.opened(sql_home.url) as connection:
        connection.execute(update(events).where(events.c.type == kind).values(detail=detail))
    with (
        sql_backup_storage(sql_home.url).contents() as contents,
        pytest.raises(DamagedBackup, match="about nobody, or its details"),
    ):
        validate(contents)
    backups(sql_home).back_up(file, key=None)
    with pytest.raises(DamagedBackup, match="about nobody, or its details"):
        backups(sql_home).verify(file)


def test_contents_are_as_of_one_moment_and_keep_nobody_from_writing(sql_home: SqlHome) -> None:
    town = a_town(sql_home)
    ann, public = town.people[0], town.rooms[0]
    with sql_backup_storage(sql_home.url).contents() as contents:
        before = validate(contents)
        town.chat.say(ann, public, "meanwhile")
        town.chat.open_room(town.chat.register("dora"))
        assert validate(contents) == before
    with sql_backup_storage(sql_home.url).contents() as contents:
        assert validate(contents) == Summary(before.users + 1, before.rooms + 1, before.messages + 1, before.events + 2)


def test_a_restored_chat_goes_on_where_the_backup_ended(sql_home: SqlHome, target: SqlHome, file: Path) -> None:
    town = a_town(sql_home)
    ann, bob, _ = town.people
    public, private = town.rooms[:2]
    last = town.chat.log(public)[-1].seq
    backups(sql_home).back_up(file, key=None)
    later = town.chat.say(ann, public, "after the backup")
    stranger = town.chat.register("dora")
    keys = Keys()
    backups(target).restore(file, keep_key=keys)
    assert keys.kept == [None]
    chat = target.chat()
    assert chat.log_in("ann").access
    again, new = chat.messaging.post(
        bob, room=private, body=MessageBody("x" * MessageBody.LONGEST), key=ClientKey("key 2"), reply_to=None
    )
    assert (again.id, new) == (town.replayed, False), "a retry from before the restore is still the same message"
    message = chat.say(ann, public, "the first after the restore")
    assert message.seq == last + 1 == later.seq
    newcomer = chat.register("erin")
    assert min(message.id, newcomer) > AHEAD > max(later.id, stranger), "no id is ever given to somebody else"
    assert [event.seq for event in chat.log(public)] == list(range(1, message.seq + 1))


def test_a_backup_is_refused_where_something_is_kept_until_told_to_replace_it(
    sql_home: SqlHome, target: SqlHome, file: Path
) -> None:
    backups(sql_home).back_up(file, key=b"k" * 32)
    migrate(target.url)
    chat = target.chat()
    chat.open_room(chat.register("dora"))
    before = chat.reading.epoch()
    keys = Keys()
    target.close()
    with pytest.raises(Conflict, match="Stop the server, and say --force"):
        backups(target).restore(file, keep_key=keys)
    assert (keys.begun, keys.kept) == (1, [])
    chat = target.chat()
    assert chat.log_in("dora").access
    assert chat.reading.epoch() == before
    target.close()
    backups(target).restore(file, keep_key=keys, overwrite=True)
    chat = target.chat()
    assert keys.kept == [b"k" * 32]
    with chat.storage.snapshot() as seen:
        assert not seen.users.search("", after=UserId(0), limit=5)
    assert chat.reading.epoch() != before


def forged(file: Path, **message: object) -> None:
    """A sealed backup that validation accepts, and that no database takes."""
    parts = some_parts()
    parts["messages"][1] |= {"sender_id": ANN, "client_id": "k", **message}
    parts["events"][3] |= {"actor_id": ANN}
    assert parts["messages"][0]["room_id"] == PUBLIC
    ZipArchives().write(file, GivenContents(parts), key=b"k" * 32, overwrite=True)


def test_a_restore_that_fails_changes_nothing(target: SqlHome, file: Path) -> None:
    migrate(target.url)
    chat = target.chat()
    ann = chat.register("dora")
    room = chat.open_room(ann)
    before = (chat.reading.epoch(), chat.log(room), chat.accounts.me(ann))
    forged(file)
    keys = Keys()
    target.close()
    with pytest.raises(DamagedBackup, match="contradicts itself"):
        backups(target).restore(file, keep_key=keys, overwrite=True)
    chat = target.chat()
    assert (keys.begun, keys.kept) == (1, [])
    assert (chat.reading.epoch(), chat.log(room), chat.accounts.me(ann)) == before
    assert chat.open_room(ann) < AHEAD


def test_a_restore_that_fails_leaves_an_empty_database_empty(target: SqlHome, file: Path) -> None:
    forged(file)
    with pytest.raises(DamagedBackup):
        backups(target).restore(file, keep_key=Keys())
    assert not is_current(target.url)


def test_nothing_is_restored_into_a_database_that_is_newer_than_the_program(target: SqlHome, file: Path) -> None:
    ZipArchives().write(file, GivenContents(some_parts()), key=None, overwrite=True)
    migrate(target.url)
    chat = target.chat()
    ann = chat.register("dora")
    with migrations.opened(target.url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = (chat.reading.epoch(), chat.accounts.me(ann))
    target.close()
    keys = Keys()
    with pytest.raises(Unavailable, match=r"of revision 9999, which is newer than this program \(\d+\): restore with"):
        backups(target).restore(file, keep_key=keys, overwrite=True)
    assert keys.kept == []
    chat = target.chat()
    assert (chat.reading.epoch(), chat.accounts.me(ann)) == before
    with migrations.opened(target.url) as connection:
        assert migrations.revision_of(connection) == "9999"


def test_a_backup_of_a_newer_format_is_not_restored(target: SqlHome, file: Path) -> None:
    ZipArchives().write(file, GivenContents(some_parts()), key=None, overwrite=True)
    rewrite(file, MANIFEST, lambda text: re.sub(rb'"format": \d+', b'"format": %d' % (FORMATS.newest + 1), text))
    keys = Keys()
    with pytest.raises(DamagedBackup, match="made by a newer version of Parley; use that one"):
        backups(target).restore(file, keep_key=keys, overwrite=True)
    assert keys.begun == 0
    assert not is_current(target.url)


def test_ids_too_large_to_go_on_from_are_refused(target: SqlHome, file: Path) -> None:
    parts = some_parts()
    for last_id, id in ((2**53 - 1, 10), (1, 2**53 - 1)):
        parts["messages"][1]["id"] = id
        ZipArchives().write(file, GivenContents(parts, last_id=last_id), key=None, overwrite=True)
        with pytest.raises(DamagedBackup, match="too large"):
            backups(target).restore(file, keep_key=Keys())
    assert not is_current(target.url)


def test_a_database_of_another_version_is_not_backed_up(target: SqlHome, file: Path) -> None:
    with pytest.raises(Unavailable, match=r"There is no database|revision none"):
        backups(target).back_up(file, key=None)
    assert not file.exists()
    assert list(file.parent.iterdir()) == []


def test_what_is_in_memory_cannot_be_backed_up(file: Path) -> None:
    service = BackupService(storage=MemoryBackupStorage(), archives=ZipArchives())
    with pytest.raises(Conflict, match="memory://"):
        service.back_up(file, key=None)
    ZipArchives().write(file, GivenContents(some_parts()), key=None, overwrite=False)
    with pytest.raises(Conflict, match="memory://"):
        service.restore(file, keep_key=Keys())
    assert service.verify(file).users == 2


def test_a_backup_holds_every_column_of_every_table() -> None:
    """A new column is a field of PARTS in a new format: chat_domain/backup/formats.py says how."""
    tables = {table.name: set(table.c.keys()) for table in metadata.sorted_tables if table is not epoch}
    assert {part: set(PARTS[part].fields) for part in PARTS} == tables
    keys = {table.name: set(table.primary_key.columns.keys()) for table in metadata.sorted_tables if table is not epoch}
    assert {part: set(PARTS[part].key) for part in PARTS} == keys
