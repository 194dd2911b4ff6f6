"""Whatever a test starts ends with it: sockets, files, threads, processes. What it leaves open fails it, by name.

A fixture of a wider scope may keep open what it opened while it was set up, until it is torn down itself.
"""

import gc
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

ENDED_WITHIN: Final = 2.0
"""Seconds for what is ending already: a thread that was told to, a process that was killed."""

_STANDARD_ERROR: Final = 2

_kept: set[str] = set()
"""What fixtures of a wider scope keep open."""


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    """Is set up before all other fixtures of the test, and so looks when they are gone."""
    before = everything_open()
    yield
    expect_closed(lambda: everything_open() - before - _kept, "the test")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    if fixturedef.scope == "function":
        return (yield)
    before, own = everything_open(), set[str]()

    def expect_own_closed() -> None:
        _kept.difference_update(own)
        expect_closed(lambda: everything_open() & own, f"the fixture {fixturedef.argname}")

    request.addfinalizer(expect_own_closed)  # before its own, and so called after them
    try:
        return (yield)
    finally:
        own |= everything_open() - before - _kept
        _kept.update(own)


def expect_closed(still_open: Callable[[], set[str]], owner: str) -> None:
    """Fail if something stays open; what was left to the garbage collector is collected, and charged by its warning."""
    if not still_open():
        return
    gc.collect()
    deadline = time.monotonic() + ENDED_WITHIN
    while (left := still_open()) and time.monotonic() < deadline:
        time.sleep(0.01)
    if left:
        pytest.fail(f"{owner} left open: {', '.join(sorted(left))}", pytrace=False)


def everything_open() -> set[str]:
    """A name for each, under which nothing that is opened later is found."""
    return {*_files(), *_threads(), *_children()}


def _files() -> Iterator[str]:
    """Sockets and pipes among them. Only Linux tells."""
    if sys.platform == "linux":
        for number in map(int, os.listdir("/proc/self/fd")):
            with suppress(OSError):  # the one for the listing itself
                target = os.readlink(f"/proc/self/fd/{number}")
                # pytest exchanges the standard ones; gevent makes an event loop at first use, and keeps it.
                if number > _STANDARD_ERROR and not target.startswith("anon_inode:"):
                    yield f"{target} ({number})"


def _threads() -> Iterator[str]:
    for thread in threading.enumerate():
        yield f"thread {thread.name} ({thread.native_id})"


def _children() -> Iterator[str]:
    """By what they do: a server that a fixture of a wider scope keeps may be started again by a test."""
    alike = Counter[str]()
    for pid in _child_ids():
        try:
            child = psutil.Process(pid)
            doing = f"process {' '.join(child.cmdline())} in {child.cwd()}"
        except psutil.NoSuchProcess:  # it has ended, and nobody has waited for it
            doing = f"process {pid}"
        alike[doing] += 1
        yield f"{doing} ({alike[doing]})"


def _child_ids() -> list[int]:
    lists = list(Path("/proc/self/task").glob("*/children"))
    if not lists:  # the system keeps none: every process is looked at, which takes a hundred times as long
        return [child.pid for child in psutil.Process().children()]
    found: list[int] = []
    for each in lists:
        with suppress(OSError):  # the thread has ended, and its children are another's
            found += map(int, each.read_text("ascii").split())
    return found
