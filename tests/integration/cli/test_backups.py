"""`parley backup`, `parley verify` and `parley restore`, as an operator runs them."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from tests.integration.cli.command import one_sentence, parley

ADMIN = ("create-admin", "--username", "anna", "--password", "a quiet harbour at dawn")
KEY = "an operator's own key of forty characters"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an account and a key in it, and beside it a backup of it, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    parley(*ADMIN, data=folder / "data")
    done = parley("backup", "parley.backup", data=folder / "data")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Everything is in parley.backup.\n", "")
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "data", tmp_path / "data")


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made / "parley.backup", tmp_path))


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["data", "parley.backup"]
    assert stat.S_IMODE((made / "parley.backup").stat().st_mode) == 0o600


def test_a_backup_is_not_overwritten_until_told_to(data: Path, file: Path) -> None:
    before = file.read_bytes()
    assert "is there already; say --force" in one_sentence(parley("backup", str(file), data=data), code=1)
    assert file.read_bytes() == before
    parley("create-admin", "--username", "ben", "--password", "a quiet harbour at dawn", data=data)
    assert parley("backup", str(file), "--force", data=data).returncode == 0
    assert "accounts: 2" in parley("verify", str(file), data=data).stdout


def test_verify_needs_no_database_and_makes_nothing(file: Path, tmp_path: Path) -> None:
    done = parley("verify", str(file), data=tmp_path / "elsewhere", DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert done.stdout == f"{file} is valid (accounts: 1, rooms: 0, messages: 0).\n"
    assert done.returncode == 0
    assert not (tmp_path / "elsewhere").exists()


def test_restore_puts_account_and_key_into_a_new_folder(data: Path, file: Path) -> None:
    folder = data.parent / "new"
    done = parley("restore", str(file), data=folder)
    assert done.stdout == "Restored (accounts: 1, rooms: 0, messages: 0). Every client begins afresh.\n"
    assert (folder / "secret.key").read_bytes() == (data / "secret.key").read_bytes()
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["parley.db", "parley.db.lock", "secret.key"]
    assert "taken" in one_sentence(parley(*ADMIN, data=folder), code=1)


def test_restore_leaves_a_key_that_is_a_setting_to_the_setting(data: Path, file: Path) -> None:
    folder = data.parent / "new"
    assert parley("restore", str(file), data=folder, SECRET_KEY=KEY).returncode == 0
    assert not (folder / "secret.key").exists()


def test_restore_refuses_a_database_with_something_in_it_until_told_to(data: Path, file: Path) -> None:
    folder = data.parent / "new"
    parley("create-admin", "--username", "ben", "--password", "a quiet harbour at dawn", data=folder)
    key = (folder / "secret.key").read_bytes()
    sentence = one_sentence(parley("restore", str(file), data=folder), code=1)
    assert "Stop the server, and say --force" in sentence
    assert sorted(path.name for path in folder.iterdir()) == ["parley.db", "parley.db.lock", "secret.key"]
    assert (folder / "secret.key").read_bytes() == key
    assert parley("restore", str(file), "--force", data=folder).returncode == 0
    assert (folder / "secret.key").read_bytes() == (data / "secret.key").read_bytes()
    assert parley("create-admin", "--username", "ben", "--password", "a quiet harbour at dawn", data=folder).stdout


def test_a_damaged_backup_is_one_sentence_and_makes_nothing(file: Path, tmp_path: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for command in ("verify", "restore"):
        sentence = one_sentence(parley(command, str(file), data=tmp_path / "new"), code=1)
        assert sentence == "The backup is damaged: it is no backup, or not as it was written."
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["verify", "restore"])
def test_what_is_no_file_is_one_sentence(tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing", ".", "pipe"):
        assert "is not a file" in one_sentence(parley(command, str(tmp_path / name), data=tmp_path / "new"), code=1)
    assert not (tmp_path / "new").exists()


def test_a_backup_without_a_key_says_so_and_restores_without_one(tmp_path: Path) -> None:
    folder, file = tmp_path / "data", tmp_path / "parley.backup"
    parley("migrate", data=folder)
    assert "there is no key" in parley("backup", str(file), data=folder).stdout
    assert parley("restore", str(file), data=tmp_path / "new").returncode == 0
    assert not (tmp_path / "new" / "secret.key").exists()


def test_the_key_of_the_setting_is_backed_up(data: Path, file: Path) -> None:
    assert parley("backup", str(file), "--force", data=data, SECRET_KEY=KEY).returncode == 0
    parley("restore", str(file), data=data.parent / "new")
    assert (data.parent / "new" / "secret.key").read_text("utf-8") == KEY


def test_where_there_is_nothing_to_back_up_nothing_is_made(tmp_path: Path) -> None:
    file = tmp_path / "parley.backup"
    sentence = one_sentence(parley("backup", str(file), data=tmp_path / "data"), code=1)
    assert sentence.startswith("There is no database")
    assert "memory://" in one_sentence(
        parley("backup", str(file), data=tmp_path / "d", DATABASE_URL="memory://"), code=1
    )
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_cannot_be_written_is_one_sentence_and_leaves_nothing(data: Path) -> None:
    for path in (data.parent / "no" / "folder", data / "parley.db" / "inside"):
        sentence = one_sentence(parley("backup", str(path), data=data), code=1)
        assert sentence.startswith("The backup cannot be written")
    assert sorted(path.name for path in data.parent.iterdir()) == ["data"]
