"""An SQLite file has one server: another would not tell what it posts to the clients of the first."""

from pathlib import Path

from tests.integration.cli.command import one_sentence, parley
from tests.integration.servers.parley import a_parley
from tests.integration.servers.program import free_port
from tests.integration.sockets.people import Person


def test_a_second_server_of_a_file_is_refused_in_one_sentence_and_the_first_goes_on(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        anna = Person(server)
        done = parley("serve", data=server.data, PORT=str(free_port()))
        sentence = one_sentence(done, code=1)
        assert sentence == (
            f"{server.data / 'parley.db'} is taken by another `parley serve` or `parley restore`: stop that one first."
        )
        assert anna.says(anna.opens())
        server.kill()
        server.start()  # the lock went with its process


def test_a_file_is_the_same_by_whatever_name(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        (tmp_path / "elsewhere.db").symlink_to(server.data / "parley.db")
        url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
        done = parley("serve", data=tmp_path / "other", PORT=str(free_port()), DATABASE_URL=url)
        assert "is taken by another" in one_sentence(done, code=1)


def test_other_commands_go_on_beside_a_server(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        for command in (
            ("migrate",),
            ("create-admin", "--username", "anna", "--password", "a quiet harbour at dawn"),
            ("invite",),
            ("backup", str(tmp_path / "parley.backup")),
            ("verify", str(tmp_path / "parley.backup")),
        ):
            assert parley(*command, data=server.data).returncode == 0, command
