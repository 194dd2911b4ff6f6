"""What a run shows, in numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.integration.torture.checker import Run, Violation
from tests.integration.torture.healing import healed, quantile
from tests.integration.torture.history import Faulted

HEALED_WITHIN: Final[Mapping[str, float]] = {"F1": 5.0, "F2": 2.0, "F14 1 s": 2.0, "F14 missed": 2.0}
"""Seconds in which 99 of 100 clients must have healed."""

_LOST: Final = ("I1",)
_DOUBLE: Final = ("I2", "I3")
_DISORDER: Final = ("I4", "I6", "I7", "I8", "I12")
_GAPS: Final = ("I5", "I10")


@dataclass
class Figures:
    """One run in one world."""

    world: str
    acknowledged: int
    violations: Sequence[Violation]
    healing: Mapping[str, Sequence[float]]
    faults: Mapping[str, int]
    besides: Mapping[str, float]
    failures: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Everything that is not as it was promised."""
        late = [
            f"{name}: 99 of 100 clients healed within {took:.2f} s, not {limit:.0f} s"
            for name, limit in HEALED_WITHIN.items()
            if (took := quantile(self.healing.get(name, ()), 0.99)) > limit
        ]
        return [*self.failures, *(f"{name}: {what}" for name, what in self.violations[:20]), *late]

    def lines(self) -> Iterator[str]:
        """As Markdown."""
        found = {
            "lost": self._count(_LOST),
            "double": self._count(_DOUBLE),
            "out of order": self._count(_DISORDER),
            "gaps unhealed": self._count(_GAPS),
            "other": len(self.violations),
        }
        found["other"] -= sum(count for name, count in found.items() if name != "other")
        shown = ", ".join(f"{count} {name}" for name, count in found.items())
        struck = sum(self.faults.values())
        yield f"**{self.world}**: {self.acknowledged:,} sends acknowledged, {struck} faults: {shown}."
        yield ""
        yield "| fault | times | healed p50 | healed p99 |"
        yield "|---|---|---|---|"
        for name, times in self.healing.items():
            p50, p99 = (f"{quantile(times, share):.2f} s" if times else "nobody had to" for share in (0.5, 0.99))
            yield f"| {name} | {self.faults[name]} | {p50} | {p99} |"
        yield ""
        yield from (f"- {name}: {value:.1f}" for name, value in self.besides.items())
        yield from (f"- **failed**: {what}" for what in self.problems())

    def _count(self, invariants: Sequence[str]) -> int:
        return sum(violation.invariant in invariants for violation in self.violations)


def figures_of(
    world: str, run: Run, violations: Sequence[Violation], besides: Mapping[str, float], failures: list[str]
) -> Figures:
    """Count what there is to count."""
    faults: dict[str, int] = {}
    for fault in run.all(Faulted):
        faults[fault.name] = faults.get(fault.name, 0) + 1
    acknowledged = sum(send.answered is not None for send in run.sends)
    return Figures(world, acknowledged, violations, healed(run), faults, besides, failures)
