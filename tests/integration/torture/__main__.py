"""`python -m tests.integration.torture [--minutes N] [--faults F1,F6]`: every fault, and what it showed.

Both worlds get half of the time each, but every fault strikes once at least. The figures go to docs/reliability.md.
Ends with 1 when anything was wrong.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Final

import psutil

from tests.integration.torture.faults import ON_POSTGRESQL, ON_SQLITE
from tests.integration.torture.figures import Figures, figures_of
from tests.integration.torture.play import Fault, a_scene, verdict
from tests.integration.torture.worlds import World, one_on_sqlite, three_over_postgres

_REPORT: Final = Path(__file__).parents[3] / "docs/reliability.md"
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"
_RATE: Final = 300.0
_PAUSE: Final = 2.0


def main() -> int:
    """Run, write the figures down, and say how it went."""
    asked = _arguments()
    named = [name.strip() for name in asked.faults.split(",") if name.strip()]
    found = [
        _torture(open_world, _chosen(faults, named), asked.minutes * 30)
        for open_world, faults in ((one_on_sqlite, ON_SQLITE), (three_over_postgres, ON_POSTGRESQL))
        if _chosen(faults, named)
    ]
    _write(found, f"MINUTES={asked.minutes:g}" + (f" FAULTS={','.join(named)}" if named else ""))
    problems = [problem for figures in found for problem in figures.problems()]
    sys.stdout.write("\n".join(line for figures in found for line in figures.lines()) + "\n")
    return 1 if problems else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--faults", default="", help="names of the table, separated by commas; all unless told")
    return parser.parse_args()


def _chosen(faults: Mapping[str, Fault], named: list[str]) -> dict[str, Fault]:
    return {name: fault for name, fault in faults.items() if not named or name in named}


def _torture(
    open_world: Callable[[], AbstractContextManager[World]], faults: Mapping[str, Fault], seconds: float
) -> Figures:
    failures = []
    with open_world() as world, a_scene(world, rate=_RATE) as scene:
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


def _write(found: list[Figures], how: str) -> None:
    before, _, rest = _REPORT.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    today, cores = datetime.now(UTC).date(), psutil.cpu_count()
    intro = f"`make torture {how}` on {today}, {cores} cores, clients and servers on one machine."
    lines = [_BEGIN, "", intro, "", *(line for figures in found for line in (*figures.lines(), "")), _END]
    _REPORT.write_text(before + "\n".join(lines) + after, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
