"""`python -m tests.integration.torture [--minutes N] [--faults F1,F6] [--clients javascript]`: what every fault showed.

Both worlds get half of the time each, but every fault strikes once at least. The figures go to docs/reliability.md.
Ends with 1 when anything was wrong.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from tests.integration.torture.client import Client
from tests.integration.torture.faults import ON_POSTGRESQL, ON_SQLITE
from tests.integration.torture.figures import Figures, figures_of
from tests.integration.torture.fleet import ClientType
from tests.integration.torture.node import Node
from tests.integration.torture.play import Fault, a_scene, verdict
from tests.integration.torture.worlds import World, one_on_sqlite, three_over_postgres

_REPORT: Final = Path(__file__).parents[3] / "docs/reliability.md"
_PAUSE: Final = 2.0


class Clients(NamedTuple):
    """A kind of clients, and how much they do each second, all together."""

    type: Callable[[], ClientType]
    rate: float


CLIENTS: Final = {"own": Clients(lambda: Client, 300.0), "javascript": Clients(Node, 150.0)}


def main() -> int:
    """Run, write the figures down, and say how it went."""
    asked = _arguments()
    named = [name.strip() for name in asked.faults.split(",") if name.strip()]
    found = [
        _torture(open_world, _chosen(faults, named), asked.minutes * 30, CLIENTS[asked.clients])
        for open_world, faults in ((one_on_sqlite, ON_SQLITE), (three_over_postgres, ON_POSTGRESQL))
        if _chosen(faults, named)
    ]
    _write(found, asked.clients, " ".join(_how(asked)))
    problems = [problem for figures in found for problem in figures.problems()]
    sys.stdout.write("\n".join(line for figures in found for line in figures.lines()) + "\n")
    return 1 if problems else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--faults", default="", help="names of the table, separated by commas; all unless told")
    parser.add_argument(
        "--clients", choices=CLIENTS, default="own", help="the rig's own, or the official JavaScript client"
    )
    return parser.parse_args()


def _how(asked: argparse.Namespace) -> Iterator[str]:
    yield f"MINUTES={asked.minutes:g}"
    if asked.faults:
        yield f"FAULTS={asked.faults}"
    if asked.clients != "own":
        yield f"CLIENTS={asked.clients}"


def _chosen(faults: Mapping[str, Fault], named: list[str]) -> dict[str, Fault]:
    return {name: fault for name, fault in faults.items() if not named or name in named}


def _torture(
    open_world: Callable[[], AbstractContextManager[World]],
    faults: Mapping[str, Fault],
    seconds: float,
    clients: Clients,
) -> Figures:
    failures = []
    with open_world() as world, a_scene(world, rate=clients.rate, client_type=clients.type()) as scene:
        scene.fleet.work()
        began = time.monotonic()
        for number, (name, strike) in enumerate(cycle(faults.items())):
            if number >= len(faults) and time.monotonic() - began > seconds:
                break
            time.sleep(_PAUSE)
            sys.stdout.write(f"{time.monotonic() - began:6.0f} s  {world.name}: {name}\n")
            try:
                strike(scene)
            except AssertionError as failure:
                failures.append(f"{name}: {failure}")
        time.sleep(_PAUSE)
        run, violations = verdict(scene)
        return figures_of(world.name, run, violations, scene.figures, failures)


def _write(found: list[Figures], clients: str, how: str) -> None:
    begin, end = f"<!-- figures: {clients} -->", f"<!-- end of figures: {clients} -->"
    before, _, rest = _REPORT.read_text("utf-8").partition(begin)
    _, _, after = rest.partition(end)
    today, cores = datetime.now(UTC).date(), psutil.cpu_count()
    intro = f"`make torture {how}` on {today}, {cores} cores, clients and servers on one machine."
    lines = [begin, "", intro, "", *(line for figures in found for line in (*figures.lines(), "")), end]
    _REPORT.write_text(before + "\n".join(lines) + after, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
