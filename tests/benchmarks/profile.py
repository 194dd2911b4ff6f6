"""Where a message's CPU time goes, by the part of the house: why a goal is missed where it is.

py-spy looks at the server from outside, 500 times a second, at those of its threads that run. What it finds goes to the
innermost function that is Parley's.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.benchmarks.fanout import RATE
from tests.benchmarks.figures import Results
from tests.benchmarks.loads import FANOUT, PAIRS_ACK, generator, report, took
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import Server, a_parley
from tests.integration.servers.postgres import a_postgres

_SETTLED: Final = 4
"""Seconds after which everybody is connected and the load runs."""
_SECONDS: Final = 4
_HOUSE: Final = f"({Path(__file__).parents[2]}/"
_PARTS: Final = {
    "WebSocket.flush": "writing to sockets",
    "WebSocket._on_readable": "reading from sockets",
    "SqliteWriter._commit.<locals>.commit": "the commit, in its thread",
    "adapters/broadcasting/": "frames, packets, who hears what",
    "adapters/sql/": "statements, units of work",
    "adapters/": "other adapters",
    "chat_domain/": "the domain",
    "entrypoints/": "parsing, dispatching, rendering",
}
_NOWHERE: Final = "the event loop and its greenlets"
_IDLE: Final = "gevent/_threading.py)"
"""Where a native thread waits for work, which py-spy takes for work."""


def of_messages(results: Results) -> None:
    """In the scenarios in which a message itself is what costs."""
    with a_parley(rooms_of(100)) as server:
        results.profiles["room100"] = _profile(server, *FANOUT)
    with a_parley(rooms_of(1000)) as server:
        results.profiles[f"1,000 members, {RATE} messages/s"] = _profile(server, "--rate", str(RATE))
    with a_parley(rooms_of(2, 500)) as server:
        results.profiles["pairs, SQLite"] = _profile(server, *PAIRS_ACK)
    with a_postgres(durable=True) as postgres, a_parley(rooms_of(2, 500), postgres=postgres) as server:
        results.profiles["pairs, PostgreSQL"] = _profile(server, *PAIRS_ACK)


def _profile(server: Server, *options: str) -> Mapping[str, float]:
    """Microseconds per message, by part."""
    with TemporaryDirectory() as folder:
        found = Path(folder) / "stacks"
        command = generator(server, *options, "--seconds", str(_SETTLED + _SECONDS))
        with subprocess.Popen(_looking(server, found)) as looking:
            cost = took(report(command)).us_per_message
        if looking.returncode:
            raise RuntimeError("py-spy could not look at the server: it wants root, or kernel.yama.ptrace_scope=0")
        samples = by_part(found.read_text("utf-8").splitlines())
    return {part: count / samples.total() * cost for part, count in samples.items()}


def _looking(server: Server, found: Path) -> list[str]:
    spy = f"{Path(sys.executable).parent}/py-spy record --format raw --rate 500 --full-filenames --nolineno"
    command = f"sleep {_SETTLED}; exec {spy} --duration {_SECONDS} --output '{found}' --pid {server.pids[0]}"
    return ["sh", "-c", f"{command} >/dev/null 2>&1"]


def by_part(stacks: list[str]) -> Counter[str]:
    """Samples by part, from lines of py-spy's `raw`: frames from the outermost, and how often they were seen."""
    samples: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        if not stack.endswith(_IDLE):
            samples[_part_of(stack.split(";"))] += int(count)
    return samples


def _part_of(stack: list[str]) -> str:
    """The part of the innermost frame that is Parley's; a frame is `function (file)`."""
    ours = next((frame for frame in reversed(stack) if _HOUSE in frame and "/.venv/" not in frame), "")
    function, _, place = ours.partition(f" {_HOUSE}")
    return next((part for key, part in _PARTS.items() if function == key or place.startswith(key)), _NOWHERE)
