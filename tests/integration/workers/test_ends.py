"""How several workers begin and end, and what happens when one hangs or what they need is away."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.integration.cli.command import one_sentence, parley
from tests.integration.servers.parley import a_parley
from tests.integration.servers.postgres import a_postgres
from tests.integration.servers.program import answers, free_port
from tests.integration.sockets.ending import a_slow_login, told_to_stop, was_closed_below_socket_io
from tests.integration.sockets.people import Person, eventually
from tests.integration.sockets.raw import a_websocket
from tests.integration.workers.crew import SIZE, Crew, ImpatientCrew, a_crew


@pytest.fixture
def own(tmp_path: Path, fresh_postgres_url: str) -> Iterator[Crew]:
    """A crew that the test may end."""
    with a_crew(tmp_path, fresh_postgres_url) as crew:
        yield crew


def test_it_is_announced_once_and_everything_else_is_structured(own: Crew) -> None:
    with a_websocket(own) as client:
        client.log_in(Person(own).token)
        workers = own.workers()
        began = time.monotonic()
        with told_to_stop(own) as code:
            frames = client.end()
        assert code.result() == 0
    assert time.monotonic() - began < 6
    was_closed_below_socket_io(frames)
    assert not answers(own.port)
    assert not any(psutil.pid_exists(worker) for worker in workers)
    first, *others = own.log().splitlines()
    assert first == f"Parley is ready: {own.url}"
    assert others
    for line in others:
        assert {"event", "level", "logger", "timestamp"} <= json.loads(line).keys()


AT_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def read_until(text: bytes, terminal: int) -> None:
    shown, deadline = b"", time.monotonic() + 60
    while text not in shown:
        assert select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0], shown
        shown += os.read(terminal, 4096)


def test_it_ends_when_its_terminal_is_closed_and_restarts_by_the_same_signal_before(
    tmp_path: Path, fresh_postgres_url: str
) -> None:
    crew = Crew(tmp_path, {"DATABASE_URL": fresh_postgres_url, "PARLEY_WORKERS": "2"})
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", AT_ITS_TERMINAL, *crew.command],
        env=crew.environment,
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        read_until(b"Parley is ready", terminal)
        before = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGHUP)
        read_until(b"restarting the workers", terminal)
        eventually(lambda: not any(map(psutil.Process.is_running, before)), "new workers", within=60)
        workers = psutil.Process(process.pid).children()
        os.close(terminal)
        time.sleep(0.1)
        process.send_signal(signal.SIGHUP)  # as a shell that ends hands it on
        assert process.wait(30) == 0
        assert not any(map(psutil.Process.is_running, workers))
        assert not answers(crew.port)
    finally:
        for left in psutil.Process(process.pid).children() if process.poll() is None else ():
            left.kill()
        process.kill()
        process.wait()


def test_a_request_is_answered_though_everybody_is_told_to_end_at_once_as_systemd_does(own: Crew) -> None:
    anna = Person(own)
    with a_slow_login(own, anna.username) as finish:
        for worker in own.workers():
            os.kill(worker, signal.SIGTERM)
        with told_to_stop(own) as code:
            eventually(lambda: not answers(own.port), "the listener to be closed")
            assert finish().startswith(b"HTTP/1.1 200 ")
        assert code.result() == 0


def test_a_second_signal_ends_all_at_once(own: Crew) -> None:
    with a_slow_login(own):
        workers = own.workers()
        with told_to_stop(own) as code:
            eventually(lambda: not answers(own.port), "the end to begin")
            began = time.monotonic()
            os.kill(own.pid, signal.SIGTERM)
            assert code.result() == 1
        assert time.monotonic() - began < 2
        assert not any(psutil.pid_exists(worker) for worker in workers)


def test_without_their_supervisor_the_workers_end_and_leave_the_port(own: Crew) -> None:
    workers = [psutil.Process(worker) for worker in own.workers()]
    own.stop(signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, timeout=8)
    assert not alive
    own.start()


STUCK = """
import signal

def spin(*_):
    while True:
        pass

signal.signal(signal.SIGUSR2, spin)
"""


@pytest.mark.parametrize("by", [signal.SIGSTOP, signal.SIGUSR2], ids=["frozen", "stuck in its event loop"])
def test_a_worker_that_hangs_is_killed_and_replaced(
    tmp_path: Path, fresh_postgres_url: str, by: signal.Signals
) -> None:
    (tmp_path / "sitecustomize.py").write_text(STUCK, "utf-8")  # Python imports it at its start
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    with a_crew(tmp_path, fresh_postgres_url, kind=ImpatientCrew, PYTHONPATH=path) as crew:
        hung, *others = crew.workers()
        os.kill(hung, by)
        eventually(lambda: hung not in crew.workers() and len(crew.workers()) == SIZE, "another", within=10)
        assert "a worker hangs" in crew.log()
        time.sleep(3)
        assert crew.workers() > set(others), "those that only have nothing to do are left alone"


def test_a_supervisor_that_was_frozen_with_its_workers_blames_nobody(tmp_path: Path, fresh_postgres_url: str) -> None:
    with a_crew(tmp_path, fresh_postgres_url, kind=ImpatientCrew) as crew:
        before = crew.workers()
        everybody = [psutil.Process(pid) for pid in (crew.pid, *before)]
        for process in everybody:
            process.suspend()
        time.sleep(4)
        everybody[0].resume()
        time.sleep(0.3)
        for process in everybody[1:]:
            process.resume()
        time.sleep(2.5)
        assert crew.workers() == before


def test_a_worker_that_cannot_start_is_tried_again_until_the_database_is_back(tmp_path: Path) -> None:
    with a_postgres() as postgres, a_crew(tmp_path, postgres.url(postgres.create_database())) as crew:
        before = crew.workers()
        postgres.stop()
        os.kill(next(iter(before)), signal.SIGKILL)
        eventually(lambda: crew.log().count("it is replaced") > 1, "a try", within=60)
        assert crew.running
        assert len(crew.workers() & before) == SIZE - 1
        assert requests.get(f"{crew.url}/healthz", timeout=10).status_code == 200
        postgres.start()
        Person(crew)
        eventually(lambda: len(crew.workers()) == SIZE, "a whole crew", within=60)
        tries = crew.log().count("it is replaced")
        time.sleep(3)
        assert crew.log().count("it is replaced") == tries


def test_one_worker_is_the_one_process_that_it_always_was(tmp_path: Path) -> None:
    with a_parley(tmp_path, PARLEY_WORKERS="1") as server:
        assert psutil.Process(server.pid).children() == []
        reply = requests.get(f"{server.url}/socket.io/?EIO=4&transport=polling", timeout=10)
        assert reply.status_code == 200


@pytest.mark.parametrize("database", ["", "memory://", "sqlite:///chat.db"])
@pytest.mark.parametrize("arguments", [("--workers", "3"), ()])
def test_storage_that_carries_one_process_is_refused(tmp_path: Path, database: str, arguments: tuple[str, ...]) -> None:
    setting = {} if arguments else {"PARLEY_WORKERS": "3"}
    done = parley("serve", *arguments, data=tmp_path / "data", DATABASE_URL=database, **setting)
    assert "postgresql://" in one_sentence(done, code=2)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("count", ["0", "-1", "65", "many", "2.5"])
def test_a_number_of_workers_that_cannot_be_is_refused(tmp_path: Path, count: str) -> None:
    done = parley("serve", f"--workers={count}", data=tmp_path / "data", DATABASE_URL="postgresql://x/y")
    assert "PARLEY_WORKERS" in one_sentence(done, code=2)


def test_an_address_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {"PORT": str(taken.getsockname()[1]), "DATABASE_URL": "postgresql://x/y"}
        done = parley("serve", "--workers", "2", data=tmp_path / "data", **settings)
    assert "cannot listen" in one_sentence(done, code=2)


def test_a_database_that_is_away_at_the_start_is_one_sentence(tmp_path: Path) -> None:
    url = f"postgresql://anna:hidden@127.0.0.1:{free_port()}/parley"
    done = parley("serve", "--workers", "3", data=tmp_path / "data", DATABASE_URL=url, PORT=str(free_port()))
    assert "hidden" not in one_sentence(done, code=1)
