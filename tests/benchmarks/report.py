"""docs/performance.md: what was measured, how, and what to make of it."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Figure, Growth, Results, short
from tests.benchmarks.plot import plot
from tests.benchmarks.size import Size
from tests.benchmarks.why import WHY

ALONE: Final = 0.5
"""Below this load average the machine is the benchmark's."""
DISTURBED: Final = "A time by the clock, on a machine that did other work too: to be measured again without."
_PROFILE: Final = """Microseconds of the server's CPU per message, without the database's own processes, by the part of
the house that the innermost function of Parley's belongs to; from a run of its own under py-spy, with the same load."""
DOCS: Final = Path(__file__).parents[2] / "docs"
_HEAD: Final = (Path(__file__).parent / "performance_head.md").read_text("utf-8")


def write(results: Results, size: Size, *, minutes: float, load_before: float) -> list[Path]:
    """The page and its picture; returns their paths. `load_before` is the load average when the run began."""
    page, picture = DOCS / "performance.md", DOCS / "images" / "performance.svg"
    picture.write_text(plot(results.figures), "utf-8")
    about = f"Measured on {datetime.now(UTC):%d %B %Y} by a {size.name} run of {minutes:.0f} minutes"
    repeated = "once" if size.repetitions == 1 else f"{size.repetitions} times, and the median taken"
    parts = [
        _HEAD.format(
            about=about,
            repeated=repeated,
            seconds=size.seconds,
            machine=_machine(),
            busy=_busy(load_before),
            versions=_versions(),
        ),
        "\n".join(_table(results.figures)),
        "## How it grows",
        "\n".join(_growth(results.growth)),
        "## Where a message's time goes",
        _PROFILE,
        "\n".join(_profiles(results.profiles)),
        "## Which goals are met",
        "\n".join(_verdicts(results.figures, by_itself=load_before < ALONE)),
    ]
    page.write_text("\n\n".join(parts) + "\n", "utf-8")
    return [page, picture]


def _table(figures: list[Figure]) -> Iterator[str]:
    yield "| scenario | measured | goal | | in figures |"
    yield "|---|---|---|---|---|"
    for figure in figures:
        goal = "" if figure.goal is None else f"<= {figure.goal:g}"
        measured = f"{short(figure.value)} {figure.unit}"
        yield f"| {figure.scenario} | {measured} | {goal} | {figure.verdict} | {figure.detail} |"


def _growth(growth: list[Growth]) -> Iterator[str]:
    yield "| what | unit | at so many |"
    yield "|---|---|---|"
    for each in growth:
        steps = ", ".join(f"{size:,}: **{short(value)}**" for size, value in each.steps)
        yield f"| {each.what} | {each.unit} | {steps} |"


def _profiles(profiles: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    totals = {scenario: sum(parts.values()) for scenario, parts in profiles.items()}
    yield f"| part | {' | '.join(profiles)} |"
    yield f"|---{'|---' * len(profiles)}|"
    names = {part for parts in profiles.values() for part in parts}
    for name in sorted(names, key=lambda name: -sum(parts.get(name, 0) for parts in profiles.values())):
        shares = (
            f"{parts.get(name, 0):,.0f} ({parts.get(name, 0) / totals[each]:.0%})" for each, parts in profiles.items()
        )
        yield f"| {name} | {' | '.join(shares)} |"
    yield f"| **together** | {' | '.join(f'**{total:,.0f}**' for total in totals.values())} |"


def _verdicts(figures: list[Figure], *, by_itself: bool) -> Iterator[str]:
    aimed = [figure for figure in figures if figure.goal is not None]
    met = sum(figure.met for figure in aimed)
    yield f"{met} of {len(aimed)}.\n"
    for figure in aimed:
        if not figure.met:
            disturbed = figure.by_the_clock and not by_itself
            why = DISTURBED if disturbed else WHY.get((figure.scenario, figure.unit), "").replace("\n", " ")
            yield f"- **{figure.scenario}**, {figure.unit}: {figure.verdict}. {why}".rstrip()


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo").read_text("utf-8")
    model = next((line.split(": ")[1] for line in cpuinfo.splitlines() if line.startswith("model name")), "")
    return f"{os.cpu_count()} processors ({model}), {platform.system()} {platform.release()}"


def _busy(load_before: float) -> str:
    """Whether the machine had anything else to do."""
    if load_before < ALONE:
        return "The machine had nothing else to do."
    average = f"load average {load_before:.1f} when the run began"
    return f"**The machine did other work too** ({average}): times by the clock are worse than they would be without."


def _versions() -> str:
    asked: list[str | Path] = ["node", "--version"]
    node = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    ours = ", ".join(f"{name} {version(name)}" for name in ("gevent", "flask-socketio", "python-engineio"))
    theirs = f"Node {node} with the packages of `tests/benchmarks/peers/package-lock.json`"
    return f"CPython {platform.python_version()} ({sys.base_prefix}), {ours}; {theirs}"
