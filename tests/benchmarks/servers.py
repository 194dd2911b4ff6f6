"""What is compared: Parley, Node's socket.io and the floor, each started with its people, rooms and storage."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psutil
import psycopg2

from tests.benchmarks.over_http import settle
from tests.benchmarks.programs import compiled, peers
from tests.benchmarks.seeding import FIRST_ROOM, Rooms, Seat, seats, seed
from tests.integration.servers.parley import COMMAND, environment
from tests.integration.servers.postgres import Postgres
from tests.integration.servers.program import Program, answers, free_port

UNLIMITED: Final = {
    "PARLEY_RATE_LIMITS": "off",
    "PARLEY_MAX_SOCKETS_PER_ADDRESS": "0",
    "PARLEY_MAX_SOCKETS_PER_USER": "0",
}
"""One generator on one address is everybody; nothing else is turned off."""


def pinned(processor: int) -> list[str]:
    """What to put before a command so that it keeps to this processor; nothing where that cannot be asked for."""
    return ["taskset", "-c", str(processor)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


@dataclass(frozen=True, slots=True)
class Server:
    """A started server. `pids`: its processes, and its database's. `seats`: the file of loadgen's seats."""

    port: int
    pids: Sequence[int]
    seats: Path


@contextmanager
def a_parley(crowd: Rooms, *, postgres: Postgres | None = None, pin: bool = True, seated: int = 0) -> Iterator[Server]:
    """Parley on SQLite, or on PostgreSQL. Only the first `seated` rooms connect; 0: all."""
    with ExitStack() as stack:
        folder, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        settings = _settings(folder, port)
        if postgres:
            settings["DATABASE_URL"] = postgres.url(postgres.create_database())
        taken = seed(environment(settings), crowd)
        if seated:
            taken = [seat for seat in taken if seat.room_id < FIRST_ROOM + seated]
        yield _started(stack, _Plan(folder, port, [COMMAND, "serve"], _lines(taken), settings, postgres), pin=pin)


@contextmanager
def a_parley_in_memory(crowd: Rooms) -> Iterator[Server]:
    """Parley on memory://, filled through its own API: there is no file to fill."""
    with ExitStack() as stack:
        folder, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        settings = {**_settings(folder, port), "DATABASE_URL": "memory://"}
        server = _started(stack, _Plan(folder, port, [COMMAND, "serve"], settings=settings))
        server.seats.write_text(_lines(settle(port, crowd)))
        yield server


@contextmanager
def a_node(crowd: Rooms, *, storage: str = "nothing", postgres: Postgres | None = None) -> Iterator[Server]:
    """Node's socket.io with `nothing`, `sqlite` or `postgres` to keep messages in."""
    with ExitStack() as stack:
        folder, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        places = {"nothing": [], "sqlite": [str(folder / "node.db")], "postgres": [postgres.url() if postgres else ""]}
        command: list[str | Path] = ["node", peers() / "chat.js", str(port), storage, *places[storage]]
        lines = "".join(f"{room}\t{json.dumps({'room_id': room})}\n" for room, _ in seats(crowd))
        yield _started(stack, _Plan(folder, port, command, lines, postgres=postgres))


@contextmanager
def a_floor(crowd: Rooms) -> Iterator[Server]:
    """The C program that only sends."""
    with ExitStack() as stack:
        folder, port = Path(stack.enter_context(TemporaryDirectory())), free_port()
        lines = "".join(f"{room}\t{{}}\n" for room, _ in seats(crowd))
        yield _started(stack, _Plan(folder, port, [compiled("floor"), str(port)], lines))


def _settings(folder: Path, port: int) -> dict[str, str]:
    return {"HOST": "127.0.0.1", "PORT": str(port), "PARLEY_DATA_DIR": str(folder / "data"), **UNLIMITED}


def _lines(taken: Sequence[Seat]) -> str:
    return "".join(f"{seat.room_id}\t{json.dumps({'token': seat.token})}\n" for seat in taken)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to start. `seats` are loadgen's lines."""

    folder: Path
    port: int
    command: Sequence[str | Path]
    seats: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    postgres: Postgres | None = None


def _started(stack: ExitStack, plan: _Plan, *, pin: bool = True) -> Server:
    seats_file = plan.folder / "seats"
    seats_file.write_text(plan.seats)
    command = [*(pinned(0) if pin else []), *plan.command]
    program = Program(command, plan.folder / "log", environment=environment(plan.settings))
    stack.callback(program.kill)
    program.wait_until(lambda: answers(plan.port))
    time.sleep(0.5)
    return Server(plan.port, [program.pid, *([_postmaster(plan.postgres)] if plan.postgres else [])], seats_file)


def _postmaster(postgres: Postgres) -> int:
    connection = psycopg2.connect(postgres.url())
    try:
        return psutil.Process(connection.info.backend_pid).ppid()
    finally:
        connection.close()
