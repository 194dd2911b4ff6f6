"""python -m tests.benchmarks [--quick]: measures in one run, prints the table and writes docs/performance.md."""

import argparse
import os
import time

from tests.benchmarks import fanout, growth, history, logins, memory, profile, stalled
from tests.benchmarks.figures import Results
from tests.benchmarks.report import write
from tests.benchmarks.size import FULL, QUICK


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description="Measure Parley beside Node's socket.io and what the machine can do.")
    parser.add_argument("--quick", action="store_true", help="shorter and smaller, in under 3 minutes")
    size = QUICK if parser.parse_args().quick else FULL
    begin, load_before, results = time.monotonic(), os.getloadavg()[0], Results()
    fanout.large_room(results, size)
    fanout.small_room(results, size)
    fanout.persisted(results, size)
    memory.connections(results)
    logins.one_by_one(results)
    logins.fifty_at_once(results, size)
    stalled.fifty_readers(results)
    history.pages(results, size)
    memory.start(results)
    profile.of_messages(results)
    growth.with_members(results, size)
    growth.with_rooms(results, size)
    for path in write(results, size, minutes=(time.monotonic() - begin) / 60, load_before=load_before):
        print(f"wrote {path}")  # noqa: T201 - for whoever ran it


if __name__ == "__main__":
    main()
