"""Databases and backups of every earlier version open with everything in them, and go on from there."""

import fcntl
import gzip
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from adapters.archives import ZipArchives
from adapters.security.argon2 import Argon2PasswordHasher
from adapters.sql import migrations
from adapters.sql.migrations import is_current, migrate
from adapters.sql.postgresql import claim
from adapters.sql.storages import sql_backup_storage
from chat_domain.backup.service import BackupService
from chat_domain.backup.validation import validate
from chat_domain.model.errors import Conflict, InvalidCredentials, InvalidToken
from chat_domain.model.identifiers import MessageId, RoomId, Seq
from chat_domain.model.values import ClientKey, MessageBody
from entrypoints.wire.rendering import time_text
from tests.builders import A_DEVICE, Chat, a_chat
from tests.integration.contracts.homes import SqlHome
from tests.integration.old_versions.seen import seen

V0_1 = Path(__file__).parent / "v0_1"
VERSIONS = sorted(Path(__file__).parent.glob("v*"))
DATABASES = ["sqlite", "postgresql"]
ROLES = {"user": "member", "admin": "administrator"}
"""What the roles of accounts were called in version 0.1."""


@pytest.fixture(params=VERSIONS, ids=lambda folder: folder.name)
def version(request: pytest.FixtureRequest) -> Path:
    """The folder of each version."""
    return Path(request.param)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which there is nothing, not even tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'parley.db'}"
    return str(request.getfixturevalue("fresh_postgres_url"))


@pytest.fixture(params=["migrated", "restored"])
def home(request: pytest.FixtureRequest, version: Path, url: str) -> Iterator[SqlHome]:
    """The version's own database, brought up to date, or what was made of its backup."""
    if request.param == "migrated":
        _put_back(version, url)
        migrate(url)
    else:
        backups, file = (
            BackupService(storage=sql_backup_storage(url), archives=ZipArchives()),
            version / "parley.backup",
        )
        assert backups.restore(file, keep_key=lambda _: nullcontext()) == backups.verify(file)
    assert is_current(url)
    home = SqlHome(url)
    yield home
    home.close()


@pytest.fixture
def chat(home: SqlHome) -> Chat:
    return a_chat(storage=home.open(), broadcaster=home.broadcaster, hasher=Argon2PasswordHasher())


@pytest.fixture
def kept(version: Path) -> dict[str, Any]:
    """What must be there."""
    told: dict[str, Any] = json.loads((version / "contents.json").read_text("utf-8"))
    for account in told["accounts"].values():
        account["role"] = ROLES.get(account["role"], account["role"])
    return told


def test_people_see_everything_that_they_saw(chat: Chat, kept: dict[str, Any]) -> None:
    now = json.loads(json.dumps(seen(chat, kept["cookies"])))
    for part in ("accounts", "sessions", "people", "public", "rooms", "contents"):
        assert kept[part], f"there are no {part} to look at"
        require_same(now[part], kept[part], part)


def test_each_deletion_is_told_by_its_event_and_each_reply_knows_its_place(chat: Chat, kept: dict[str, Any]) -> None:
    readers = {str(room["id"]): kept["accounts"][name]["id"] for name, rooms in kept["rooms"].items() for room in rooms}
    found = {"deletions": 0, "replies": 0}
    for room, contents in kept["contents"].items():
        places = {message["id"]: message["seq"] for message in contents["messages"]}
        deletions = [event for event in contents["events"] if event["type"] == "message_deleted"]
        deleted_at = {event["message"]: event["at"] for event in reversed(deletions)}
        page = chat.reading.after(readers[room], RoomId(int(room)), Seq(0), limit=1_000)
        for message in page.messages:
            at = message.deleted_at and time_text(message.deleted_at)
            assert (at, message.deleted) == (deleted_at.get(message.seq), not message.body.value)
            assert message.reply_to_seq == (places[message.reply_to] if message.reply_to else None)
            found["deletions"] += message.deleted
            found["replies"] += message.reply_to is not None
    assert all(found.values()), found


def test_a_database_is_not_brought_up_to_date_while_a_server_of_before_has_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_back(V0_1, url)
    monkeypatch.setattr(claim, "ENDED_WITHIN", 0.0)
    with _served_by_0_1(url):
        with pytest.raises(Conflict, match=r"stop (every|that) one first"):
            migrate(url)
        with migrations.opened(url) as connection:
            assert migrations.revision_of(connection) == "0002"
    monkeypatch.undo()
    migrate(url)
    assert is_current(url)


def test_people_sign_in_with_their_passwords_and_by_no_session_that_was_ended(chat: Chat, kept: dict[str, Any]) -> None:
    for name, account in kept["accounts"].items():
        assert chat.sessions.log_in(name, kept["password"], device=A_DEVICE)[0].id == account["id"]
        with pytest.raises(InvalidCredentials):
            chat.sessions.log_in(name, "another password", device=A_DEVICE)
        with pytest.raises(InvalidToken):
            chat.sessions.identify(cookie=kept["ended_cookies"][name])


def test_a_send_that_is_repeated_is_still_the_same_message(chat: Chat, kept: dict[str, Any]) -> None:
    for retry in kept["retries"]:
        message, new = chat.messaging.post(
            kept["accounts"][retry["sender"]]["id"],
            room=RoomId(retry["room"]),
            body=MessageBody(retry["content"]),
            key=ClientKey(retry["client_id"]),
            reply_to=MessageId(retry["reply_to"]) if retry["reply_to"] else None,
        )
        assert (message.id, new) == (retry["id"], False)


def test_every_log_goes_on_where_it_ended(chat: Chat, home: SqlHome, kept: dict[str, Any]) -> None:
    ids = {message["id"] for contents in kept["contents"].values() for message in contents["messages"]}
    for name, rooms in kept["rooms"].items():
        for room in rooms:
            sender, head = kept["accounts"][name]["id"], len(chat.log(room["id"]))
            message = chat.say(sender, room["id"], "hello again")
            joined = len(chat.log(room["id"])) - head - 1  # people who had left a direct conversation are back in it
            assert message.seq == head + joined + 1
            assert message.id > max(ids)
    with sql_backup_storage(home.url).contents() as contents:
        assert validate(contents).users == len(kept["accounts"])


def require_same(now: Any, kept: Any, place: str) -> None:
    """Everything that was kept is as it was; an object may have more fields by now."""
    if isinstance(kept, dict):
        assert kept.keys() <= now.keys(), place
        for name, value in kept.items():
            require_same(now[name], value, f"{place}.{name}")
    elif isinstance(kept, list):
        assert len(now) == len(kept), place
        for number, value in enumerate(kept):
            require_same(now[number], value, f"{place}[{number}]")
    else:
        assert now == kept, place


@contextmanager
def _served_by_0_1(url: str) -> Iterator[None]:
    """A server of version 0.1 has the database: it locks it as that version does."""
    if url.startswith("sqlite:"):
        with Path(url.removeprefix("sqlite:///") + ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(x'7061726C657901'::bigint)")
        connection.commit()
        yield


def _put_back(version: Path, url: str) -> None:
    if url.startswith("sqlite:"):
        Path(url.removeprefix("sqlite:///")).write_bytes(gzip.decompress((version / "parley.db.gz").read_bytes()))
        return
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute((version / "parley.sql").read_text("utf-8"))
