"""The key that signs tokens is made on the first start, kept for the owner alone, and never made twice."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest

from entrypoints.secret_key import signing_key
from entrypoints.settings import BadSettings, Settings, load
from tests.integration.cli.command import parley


def settings(folder: Path, **more: str) -> Settings:
    return load({"PARLEY_DATA_DIR": str(folder), **more}).settings


def test_it_is_made_in_a_folder_of_its_own_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "data"
    key = signing_key(settings(folder))
    assert len(key) >= 32
    assert (folder / "secret.key").read_bytes() == key
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


def test_it_is_kept(tmp_path: Path) -> None:
    assert signing_key(settings(tmp_path)) == signing_key(settings(tmp_path))


def test_no_two_servers_have_the_same(tmp_path: Path) -> None:
    assert signing_key(settings(tmp_path / "a")) != signing_key(settings(tmp_path / "b"))


def test_the_setting_wins_and_then_nothing_is_written(tmp_path: Path) -> None:
    assert signing_key(settings(tmp_path / "data", SECRET_KEY="k" * 40)) == b"k" * 40
    assert not (tmp_path / "data").exists()


def test_what_a_process_that_died_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / f"secret.{os.getpid()}").write_bytes(b"half")  # in a container every start has the same process id
    assert len(signing_key(settings(tmp_path))) >= 32


@pytest.mark.parametrize("content", [b"", b"short", b"\n" * 40])
def test_a_key_that_is_too_short_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(BadSettings, match=r"secret\.key"):
        signing_key(settings(tmp_path))


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(BadSettings, match="data folder"):
        signing_key(Settings.model_validate({"PARLEY_DATA_DIR": tmp_path / "file" / "data"}))


def test_two_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: parley("invite", data=folder), range(4)))
    key = (folder / "secret.key").read_bytes()
    for each in done:
        assert each.returncode == 0, each.stderr
        jwt.decode(each.stdout.strip().partition("invite=")[2], key, ["HS256"], audience="parley:invitation")
    assert [path.name for path in folder.iterdir() if path.name.startswith("secret")] == ["secret.key"]
