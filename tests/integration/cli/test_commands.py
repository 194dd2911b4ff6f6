"""`parley` from the outside: help, bad settings, migrating, administrators, invitations."""

import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest
import requests

from tests.integration.cli.command import one_sentence, parley
from tests.integration.servers.parley import COMMAND, a_parley
from tests.integration.servers.program import free_port

PASSWORD = "a quiet harbour at dawn"
ADMIN = ("create-admin", "--username", "anna", "--password", PASSWORD)


def test_help_names_every_command_whatever_the_settings_are(tmp_path: Path) -> None:
    done = parley("--help", data=tmp_path / "data", PORT="none")
    assert done.returncode == 0
    for command in ("serve", "migrate", "create-admin", "invite", "config", "backup", "verify", "restore", "openapi"):
        assert f"\n  {command} " in done.stdout
    assert parley("create-admin", "--help", data=tmp_path / "data", PORT="none").returncode == 0
    assert not (tmp_path / "data").exists()


def test_the_version_is_told(tmp_path: Path) -> None:
    done = parley("--version", data=tmp_path / "data")
    assert (done.returncode, done.stdout.split()[0]) == (0, "parley,")


@pytest.mark.parametrize("arguments", [("dance",), ("serve", "--fast"), ("config", "more"), ()])
def test_what_is_no_command_is_answered_with_how_to_use_it(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = parley(*arguments, data=tmp_path / "data")
    assert done.returncode == 2
    assert "Usage: parley" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_config_shows_every_setting_and_where_it_came_from_and_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "parley.toml").write_text("PORT = 6001\n", "utf-8")
    (tmp_path / "key").write_text("a secret key in a file of its own", "utf-8")
    password = "postgresql://anna:hidden@db/parley"
    done = parley("config", data=folder, DATABASE_URL=password, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert f"PORT = 6001  ({folder / 'parley.toml'})" in lines
    assert f"SECRET_KEY = ********  (file {tmp_path / 'key'})" in lines
    assert "DATABASE_URL = ********  (environment)" in lines
    assert "HOST = 127.0.0.1  (default)" in lines
    assert len(lines) == 15
    assert "hidden" not in done.stdout + done.stderr
    assert "a secret key" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ("invite",), ("config",), ADMIN])
def test_a_bad_setting_is_one_sentence_and_nothing_is_opened(tmp_path: Path, command: tuple[str, ...]) -> None:
    folder, port = tmp_path / "data", free_port()
    done = parley(*command, data=folder, PORT=str(port), PARLEY_REGISTRATION="sometimes")
    assert "PARLEY_REGISTRATION" in one_sentence(done, code=2)
    assert not folder.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_an_unknown_setting_is_one_sentence(tmp_path: Path) -> None:
    sentence = one_sentence(parley("serve", data=tmp_path / "data", PARLEY_REGISTRATON="open"), code=2)
    assert sentence == "There is no setting PARLEY_REGISTRATON (in the environment); did you mean PARLEY_REGISTRATION?"
    assert not (tmp_path / "data").exists()


def test_a_bad_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "parley.toml").write_text("PORT = five\n", "utf-8")
    assert "parley.toml" in one_sentence(parley("serve", data=tmp_path), code=2)
    assert [path.name for path in tmp_path.iterdir()] == ["parley.toml"]


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ("invite",), ADMIN])
def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    assert str(tmp_path / "file") in one_sentence(parley(*command, data=tmp_path / "file"), code=2)


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = parley("serve", data=tmp_path / "data", PORT=str(taken.getsockname()[1]), DATABASE_URL="memory://")
    assert "cannot listen" in one_sentence(done, code=2)


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ADMIN])
def test_a_database_that_is_away_is_one_sentence_without_its_password(tmp_path: Path, command: tuple[str, ...]) -> None:
    url = f"postgresql://anna:hidden@127.0.0.1:{free_port()}/parley"
    sentence = one_sentence(parley(*command, data=tmp_path / "data", DATABASE_URL=url), code=1)
    assert "hidden" not in sentence


def test_migrating_twice_is_as_good_as_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    tables = []
    for _ in range(2):
        done = parley("migrate", data=folder)
        assert (done.returncode, done.stdout) == (0, "The storage is up to date.\n"), done.stderr
        with sqlite3.connect(folder / "parley.db") as connection:
            tables.append(connection.execute("SELECT name, sql FROM sqlite_master").fetchall())
        connection.close()
    assert tables[0] == tables[1]
    assert len(tables[0]) > 5


def test_an_administrator_is_made_and_can_sign_in(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        done = parley(*ADMIN, "--email", "anna@example.org", data=server.data)
        assert (done.returncode, done.stdout) == (0, "anna is an administrator now.\n"), done.stderr
        credentials = {"email": "anna@example.org", "password": PASSWORD}
        user = requests.post(f"{server.url}/api/login", json=credentials, timeout=10).json()["user"]
        assert (user["username"], user["role"]) == ("anna", "administrator")
        again = one_sentence(parley(*ADMIN, data=server.data), code=1)
        assert again == "This username is taken."


def test_the_password_of_an_administrator_can_be_typed_rather_than_shown_to_everybody(tmp_path: Path) -> None:
    done = parley("create-admin", "--username", "anna", data=tmp_path / "data", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("username", "password", "email"),
    [
        ("anna", "password1", "anna@example.org"),
        ("an na", PASSWORD, "anna@example.org"),
        ("anna", PASSWORD, "nowhere"),
    ],
)
def test_an_administrator_is_not_made_against_the_rules(
    tmp_path: Path, username: str, password: str, email: str
) -> None:
    arguments = ("--username", username, "--password", password, "--email", email)
    sentence = one_sentence(
        parley("create-admin", *arguments, data=tmp_path / "data", DATABASE_URL="memory://"), code=1
    )
    assert password not in sentence


def test_an_invitation_lets_somebody_in_where_others_cannot_register(tmp_path: Path) -> None:
    with a_parley(tmp_path, PARLEY_REGISTRATION="invite") as server:
        done = parley("invite", data=server.data, PARLEY_PUBLIC_URL="https://chat.example.org")
        address, _, code = done.stdout.strip().partition("?invite=")
        assert address == "https://chat.example.org/register"

        def register(**more: str) -> int:
            body = {"username": "anna", "password": PASSWORD, **more}
            return requests.post(f"{server.url}/api/register", json=body, timeout=10).status_code

        assert register() == 403
        assert register(invite="made-up") == 403
        assert register(invite=code) == 201


def test_the_command_is_also_a_module(tmp_path: Path) -> None:
    python = COMMAND.with_name("python")
    done = subprocess.run(
        [python, "-m", "entrypoints.cli.main", "--version"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0
