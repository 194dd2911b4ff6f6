"""What was measured, beside what was to be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, lower being better. `goal` is the most it may be, None where none was set."""

    scenario: str
    value: float
    unit: str
    goal: float | None
    detail: str

    @property
    def met(self) -> bool:
        """Whether it is at most the goal."""
        return self.goal is None or self.value <= self.goal

    @property
    def by_the_clock(self) -> bool:
        """Whether it grows with whatever else the machine does."""
        return self.unit in ("ms", "s", "x before", "x without")

    @property
    def verdict(self) -> str:
        """In words: met, or by how much not."""
        if self.goal is None:
            return ""
        return "met" if self.met else f"missed by {self.value / self.goal - 1:.0%}"


@dataclass(frozen=True, slots=True)
class Growth:
    """How one value grows: pairs of a size and a value in `unit`."""

    what: str
    unit: str
    steps: Sequence[tuple[int, float]]


def short(value: float) -> str:
    """Three digits, and no exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


@dataclass(slots=True)
class Results:
    """Everything of one run."""

    figures: list[Figure] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    profiles: dict[str, Mapping[str, float]] = field(default_factory=dict)
    """By scenario: microseconds per message for each part of the house."""

    def add(self, *found: Figure) -> None:
        """Keep them, and say them to whoever waits."""
        for figure in found:
            print(line(figure), flush=True)  # noqa: T201 - the benchmark's output
        self.figures.extend(found)

    def grows(self, found: Growth) -> None:
        """Likewise."""
        steps = ", ".join(f"{size:,}: {short(value)}" for size, value in found.steps)
        print(f"{found.what} ({found.unit}): {steps}", flush=True)  # noqa: T201 - likewise
        self.growth.append(found)


def line(figure: Figure) -> str:
    """One line of the table that is printed."""
    goal = "" if figure.goal is None else f"goal {figure.goal:g}"
    measured = f"{figure.scenario:<40} {short(figure.value):>8} {figure.unit:<8}"
    return f"{measured} {goal:<10} {figure.verdict:<16} {figure.detail}"
