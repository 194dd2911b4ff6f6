"""What was written is read back, whatever text there is, and a file is complete or not there."""

import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.archives import ZipArchives
from adapters.sql.backup import SqlBackupStorage
from adapters.sql.storages import sql_backup_storage
from chat_domain.backup.contents import PARTS
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.model.identifiers import LARGEST_ID
from chat_domain.ports.backups import Record
from tests.integration.archives.forging import KEY, entries_of, write_backup
from tests.unit.backup.contents import GivenContents, some_parts

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50) | st.sampled_from(
    ["\r\n", "\u2028", "\x85", "\x1e", '"', "\\", "\\N", "\\.", "\t", "NULL", "\ufeff", "\U0010ffff", "e\u0301", "\x01"]
)
NUMBERS = st.integers(0, LARGEST_ID)
FIELDS = {
    (int,): NUMBERS,
    (int, type(None)): st.none() | NUMBERS,
    (str,): TEXT,
    (str, type(None)): st.none() | TEXT,
}
RECORDS = {
    part: st.lists(st.fixed_dictionaries({name: FIELDS[kinds] for name, kinds in form.fields.items()}), max_size=3)
    for part, form in PARTS.items()
}


@given(st.fixed_dictionaries(RECORDS), NUMBERS, st.none() | st.binary(min_size=1, max_size=100))
def test_any_records_are_read_back_as_they_were_written(
    parts: dict[str, list[Record]], last_id: int, key: bytes | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "parley.backup"
        ZipArchives().write(file, GivenContents(parts, last_id=last_id), key=key, overwrite=False)
        with ZipArchives().open(file) as backup:
            assert {part: list(backup.records(part)) for part in PARTS} == parts
            assert (backup.last_id, backup.epoch, backup.revision, backup.key) == (last_id, "an epoch", "0002", key)


def with_texts(texts: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Valid contents whose text is of these."""
    parts, more = some_parts(), iter(texts * 2)
    parts["users"][0] |= {"name": next(more), "name_folded": next(more)}
    parts["credentials"][0] |= {"password_hash": next(more)}
    parts["users"][1] |= {"email": next(more), "email_key": next(more)}
    parts["sessions"][0] |= {"user_agent": next(more), "address": next(more), "cookie_digest": next(more) + "x"}
    parts["rooms"][0] |= {"name": next(more), "description": next(more)}
    parts["messages"][0] |= {"body": next(more), "client_id": next(more)}
    parts["messages"][2] |= {"body": next(more), "fingerprint": next(more)}
    parts["events"][7] |= {"detail": next(more)}
    return parts


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SqlBackupStorage:
    if request.param == "sqlite":
        return sql_backup_storage(f"sqlite:///{tmp_path_factory.mktemp('storage') / 'parley.db'}")
    return sql_backup_storage(request.getfixturevalue("postgres_url"))


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXT, min_size=16, max_size=16))
def test_a_database_keeps_any_text_as_it_is(storage: SqlBackupStorage, texts: list[str]) -> None:
    parts = with_texts(texts)
    storage.replace(GivenContents(parts), overwrite=True)
    with storage.contents() as contents:
        assert {part: list(contents.records(part)) for part in PARTS} == parts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parley.backup"


def test_it_is_a_zip_of_lines_that_anybody_can_read(file: Path) -> None:
    entries = entries_of(write_backup(file))
    assert list(entries) == [*(f"{part}.jsonl" for part in PARTS), "secret.key", "manifest.json"]
    assert entries["secret.key"] == KEY
    assert entries["mentions.jsonl"] == b'{"room_id":5,"seq":3,"user_id":2}\n'


class Failing(GivenContents):
    """Stops in the middle, as a database may."""

    def records(self, part: str) -> Iterator[Record]:
        yield from super().records(part)
        if part == "messages":
            raise Unavailable("The database is gone.")


def test_a_backup_that_failed_leaves_nothing_and_the_one_before_as_it_was(file: Path) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="is gone"):
            ZipArchives().write(file, Failing(some_parts()), key=None, overwrite=True)
        assert list(file.parent.iterdir()) == []
    before = write_backup(file).read_bytes()
    with pytest.raises(Unavailable, match="is gone"):
        ZipArchives().write(file, Failing(some_parts()), key=None, overwrite=True)
    with pytest.raises(Conflict, match="is there already"):
        ZipArchives().write(file, GivenContents(some_parts()), key=None, overwrite=False)
    assert [path.name for path in file.parent.iterdir()] == ["parley.backup"]
    assert file.read_bytes() == before


def test_a_backup_for_which_there_is_no_space_is_told_and_leaves_nothing(file: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        with pytest.raises(Unavailable, match=r"The backup cannot be written: .*too large"):
            write_backup(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(file.parent.iterdir()) == []
