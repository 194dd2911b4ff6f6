"""A test that leaves something open fails by name, and so does a fixture; all others pass, whatever came before."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = '''
import socket, subprocess, sys, tempfile, threading
from pathlib import Path
import pytest
from tests import leaks

leaks.ENDED_WITHIN = 0.5
kept, over = [], threading.Event()

def teardown_module():
    over.set()

def test_that_leaves_a_socket():
    kept.append(socket.socket())

def test_that_leaves_a_socket_to_the_garbage_collector():
    """As asyncio does: a circle, which is found some time later."""
    circle = [socket.create_server(("127.0.0.1", 0))]
    circle.append(circle)

def test_that_leaves_a_file():
    kept.append(tempfile.TemporaryFile())

def test_that_leaves_a_thread():
    threading.Thread(target=over.wait).start()

def test_that_leaves_a_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_that_fails_and_leaves_a_socket():
    kept.append(socket.socket())
    raise AssertionError

@pytest.fixture
def negligent():
    kept.append(socket.socket())

def test_whose_fixture_leaves_a_socket(negligent):
    pass

def test_that_closes_what_it_opens(tmp_path):
    with socket.socket(), (tmp_path / "file").open("w"):
        thread = threading.Thread(target=over.wait, args=[0.2])  # it is still ending when the test is over
        thread.start()

@pytest.fixture(scope="module")
def shared():
    with socket.socket() as opened:
        yield opened

def test_that_uses_what_is_shared(shared):
    pass

def test_that_asks_for_what_is_shared_late(request):
    request.getfixturevalue("another_shared")

@pytest.fixture(scope="session")
def another_shared():
    with socket.socket() as opened:
        yield opened

@pytest.fixture(scope="module")
def forgetful():
    kept.append(socket.socket())

def test_whose_fixture_of_a_wider_scope_leaves_a_socket(forgetful):
    pass
'''

BLAMED = {
    "test_that_leaves_a_socket": r"the test left open: socket:\[\d+\] \(\d+\)$",
    "test_that_leaves_a_socket_to_the_garbage_collector": "unclosed <socket",
    "test_that_leaves_a_file": r"the test left open: /.* \(deleted\) \(\d+\)$",
    "test_that_leaves_a_thread": r"the test left open: thread Thread-\d+ \(wait\) \(\d+\)$",
    "test_that_leaves_a_process": r"the test left open: .*process .*python.*input\(\)",
    "test_that_fails_and_leaves_a_socket": r"the test left open: socket:",
    "test_whose_fixture_leaves_a_socket": r"the test left open: socket:",
    "test_whose_fixture_of_a_wider_scope_leaves_a_socket": r"the fixture forgetful left open: socket:",
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which files are open")
def test_each_test_is_blamed_for_what_it_leaves_open_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.leaks", "-p", "no:valkey", "-W", "error", "-q", "-rE"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "COLUMNS": "400"}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    blamed = dict(re.findall(r"^_+ ERROR at teardown of (\w+) _+$\n([\s\S]*?)(?=^(?:_+ |=+ |-+ ))", run.stdout, re.M))
    assert blamed.keys() == BLAMED.keys(), run.stdout
    for test, words in BLAMED.items():
        assert re.search(words, blamed[test], re.M), blamed[test]
    assert "1 failed, 10 passed, 8 errors" in run.stdout
