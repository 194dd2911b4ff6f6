"""A backup of an older format is read as one of the newest; here the older ones are made up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.archives import ZipArchives
from adapters.archives.layout import MANIFEST
from adapters.sql.storages import sql_backup_storage
from chat_domain.backup.contents import NUMBER, PARTS, TEXT, TEXT_OR_NOTHING, DamagedBackup, Part, Records
from chat_domain.backup.formats import Formats, OlderFormat
from chat_domain.backup.validation import validate
from chat_domain.ports.backups import Record
from tests.integration.archives.forging import entries_of, rewrite
from tests.unit.backup.contents import GivenContents, some_parts

MENTIONS_IN_MESSAGES = {
    **{name: part for name, part in PARTS.items() if name != "mentions"},
    "messages": Part(PARTS["messages"].key, {**PARTS["messages"].fields, "mentioned": TEXT_OR_NOTHING}),
}
WITHOUT_SESSIONS = {
    **{name: part for name, part in MENTIONS_IN_MESSAGES.items() if name != "sessions"},
    "devices": Part(("id",), {"id": NUMBER, "name": TEXT}),
}


def no_devices(records: Records) -> Records:
    """From the first format to the second."""
    return lambda part: iter(()) if part == "sessions" else records(part)


def mentions_apart(records: Records) -> Records:
    """From the second to the third, which makes two parts of one."""

    def upgraded(part: str) -> Iterator[Record]:
        if part == "mentions":
            for message in records("messages"):
                for user in (message["mentioned"] or "").split():
                    yield {"room_id": message["room_id"], "seq": message["seq"], "user_id": int(user)}
        elif part == "messages":
            for message in records(part):
                yield {name: value for name, value in message.items() if name != "mentioned"}
        else:
            yield from records(part)

    return upgraded


FIRST = Formats((), WITHOUT_SESSIONS)
SECOND = Formats((OlderFormat(WITHOUT_SESSIONS, no_devices),), MENTIONS_IN_MESSAGES)
THIRD = Formats((*SECOND.older, OlderFormat(MENTIONS_IN_MESSAGES, mentions_apart)), PARTS)


def older_parts() -> dict[str, list[dict[str, Any]]]:
    parts = some_parts()
    for message in parts["messages"]:
        users = [str(each["user_id"]) for each in parts["mentions"] if each["seq"] == message["seq"]]
        message["mentioned"] = " ".join(users) or None
    return {**parts, "devices": [{"id": 1, "name": "a telephone"}]}


@pytest.fixture(params=[FIRST, SECOND], ids=["format 1", "format 2"])
def written(request: pytest.FixtureRequest) -> Formats:
    """The formats that the version knew which wrote the file."""
    found: Formats = request.param
    return found


@pytest.fixture
def file(tmp_path: Path, written: Formats) -> Path:
    path = tmp_path / "parley.backup"
    ZipArchives(written).write(path, GivenContents(older_parts()), key=b"k" * 32, overwrite=False)
    return path


def expected(written: Formats) -> dict[str, list[dict[str, Any]]]:
    return some_parts() if written is SECOND else {**some_parts(), "sessions": []}


def test_every_older_format_is_read_as_the_newest_and_restored(file: Path, written: Formats, tmp_path: Path) -> None:
    assert set(entries_of(file)) >= {f"{part}.jsonl" for part in written.parts}
    storage = sql_backup_storage(f"sqlite:///{tmp_path / 'parley.db'}")
    with ZipArchives(THIRD).open(file) as backup:
        assert validate(backup) == validate(GivenContents(some_parts()))
        assert (backup.last_id, backup.key) == (100, b"k" * 32)
        storage.replace(backup, overwrite=False)
    with storage.contents() as contents:
        assert {part: list(contents.records(part)) for part in PARTS} == expected(written)


def test_a_version_that_knows_no_such_format_says_so(file: Path, written: Formats) -> None:
    opened = ZipArchives(FIRST).open(file)
    if written is FIRST:
        with opened as backup:
            assert list(backup.records("devices")) == older_parts()["devices"]
    else:
        with pytest.raises(DamagedBackup, match="made by a newer version of Parley; use that one"), opened:
            pytest.fail("it was opened")


def test_damage_to_a_file_of_an_older_format_is_told_by_what_was_right_then(file: Path) -> None:
    rewrite(file, "messages.jsonl", lambda text: text.replace(b'"mentioned":"2"', b'"mentioned":2'))
    with ZipArchives(THIRD).open(file) as backup, pytest.raises(DamagedBackup, match="record's mentioned is not as"):
        validate(backup)


def test_parts_of_the_newest_format_are_not_looked_for_in_an_older_file(file: Path) -> None:
    rewrite(file, MANIFEST, lambda text: text.replace(b'"records": {', b'"records": {"mentions": 0,'))
    with pytest.raises(DamagedBackup, match="counts other parts"), ZipArchives(THIRD).open(file):
        pytest.fail("it was opened")
