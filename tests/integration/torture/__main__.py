"""`python -m tests.integration.torture [--faults F1,F6] [--times N] [--minutes N] [--world W] [--clients javascript]`.

Every fault strikes as often as the table asks, or N times, or with minutes one after the other, each at least once,
until that time is over in each world; F1 alone then kills one of several processes every few seconds. The figures are
printed, and replace those of the same command in docs/reliability.md, if it has some. Ends with 1 when anything was
wrong.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import cycle, repeat, takewhile
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from tests.integration.torture.client import Client
from tests.integration.torture.faults import AT_LENGTH, ON_POSTGRESQL, ON_POSTGRESQL_ALONE, ON_SQLITE, TIMES
from tests.integration.torture.figures import Figures, figures_of
from tests.integration.torture.fleet import ClientType
from tests.integration.torture.node import Node
from tests.integration.torture.play import Fault, a_scene, verdict
from tests.integration.torture.worlds import World, one_on_sqlite, three_over_postgres, three_over_postgres_alone

_REPORT: Final = Path(__file__).parents[3] / "docs/reliability.md"
_PAUSE: Final = 1.0


class Clients(NamedTuple):
    """A kind of clients, and how much they do each second, all together."""

    type: Callable[[], ClientType]
    rate: float


WORLDS: Final = {
    "sqlite": (one_on_sqlite, ON_SQLITE),
    "postgresql": (three_over_postgres, ON_POSTGRESQL),
    "listen-notify": (three_over_postgres_alone, ON_POSTGRESQL_ALONE),
}
CLIENTS: Final = {"own": Clients(lambda: Client, 300.0), "javascript": Clients(Node, 150.0)}


def main() -> int:
    """Run, write the figures down, and say how it went."""
    asked = _arguments()
    named = [name.strip() for name in asked.faults.split(",") if name.strip()]
    found: list[Figures] = []
    for world, (open_world, faults) in WORLDS.items():
        if asked.world in ("", world) and (chosen := _chosen(faults, named)):
            found.append(_torture(open_world, chosen, asked))
            _say("\n".join(found[-1].lines()))
            _write(found, " ".join(_command(asked)))
    return 1 if any(figures.problems() for figures in found) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", default="", help="names of the table, separated by commas; all unless told")
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--times", type=int, default=0, help="how often each fault strikes")
    how_long.add_argument("--minutes", type=float, default=0.0, help="how long the faults strike in turn")
    parser.add_argument("--world", choices=WORLDS, default="", help="all unless told")
    parser.add_argument(
        "--clients", choices=CLIENTS, default="own", help="the rig's own, or the official JavaScript client"
    )
    return parser.parse_args()


def _command(asked: argparse.Namespace) -> Iterator[str]:
    yield "make torture"
    if asked.faults:
        yield f"FAULTS={asked.faults}"
    if asked.times:
        yield f"TIMES={asked.times}"
    if asked.minutes:
        yield f"MINUTES={asked.minutes:g}"
    if asked.world:
        yield f"WORLD={asked.world}"
    if asked.clients != "own":
        yield f"CLIENTS={asked.clients}"


def _chosen(faults: Mapping[str, Fault], named: list[str]) -> dict[str, Fault]:
    return {name: fault for name, fault in faults.items() if not named or name in named}


def _torture(
    open_world: Callable[[], AbstractContextManager[World]], faults: Mapping[str, Fault], asked: argparse.Namespace
) -> Figures:
    failures, clients = [], CLIENTS[asked.clients]
    with open_world() as world, a_scene(world, rate=clients.rate, client_type=clients.type()) as scene:
        scene.fleet.work()
        began = time.monotonic()
        for name, fault in _strikes(faults, asked.times, asked.minutes * 60, at_length=len(world.servers) > 1):
            scene.fleet.watch(_PAUSE)
            _say(f"{time.monotonic() - began:6.0f} s  {world.name}: {name}")
            try:
                fault(scene)
            except Exception as failure:  # noqa: BLE001 - the others are to strike nevertheless
                failures.append(f"{name}: {str(failure) or repr(failure)}")
                _say(failures[-1])
                world.mend()
        scene.fleet.watch(_PAUSE)
        run, violations = verdict(scene)
        return figures_of(world.name, run, violations, scene.figures, failures)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _strikes(
    faults: Mapping[str, Fault], times: int, seconds: float, *, at_length: bool
) -> Iterator[tuple[str, Fault]]:
    if not seconds:
        for name, fault in faults.items():
            yield from repeat((name, fault), times or TIMES.get(name, 1))
    elif at_length and len(faults) == 1 and (long := AT_LENGTH.get(*faults)):
        yield from ((name, lambda scene: long(scene, seconds)) for name in faults)
    else:
        over = time.monotonic() + seconds
        yield from faults.items()
        yield from takewhile(lambda _: time.monotonic() <= over, cycle(faults.items()))


def _write(found: list[Figures], command: str) -> None:
    begin, end = f"<!-- figures: {command} -->", "<!-- end of figures -->"
    before, here, rest = _REPORT.read_text("utf-8").partition(begin)
    if not here:
        return
    _, _, after = rest.partition(end)
    today, cores = datetime.now(UTC).date(), psutil.cpu_count()
    busy = f"load average of the last 15 minutes {psutil.getloadavg()[2]:.0f}"
    intro = f"`{command}` on {today}, {cores} cores, clients and servers on one machine, {busy}."
    lines = [begin, "", intro, "", *(line for figures in found for line in (*figures.lines(), "")), end]
    _REPORT.write_text(before + "\n".join(lines) + after, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
