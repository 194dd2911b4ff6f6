"""docs/images/performance.svg: a bar for each goal, long as the measured value is to it."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from tests.benchmarks.figures import Figure, short

LEFT, RIGHT, ROW, TOP = 300, 130, 26, 40
GOAL, LONGEST = 200, 400
"""Where the goal is, and where a bar is cut, in pixels from the bars' beginning."""
_STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #7d8590 }
.met { fill: #3f8f6b }
.missed { fill: #b7783a }
.goal { stroke: #7d8590; stroke-dasharray: 4 3 }
"""
"""Colours that can be told apart on white and on black."""


def plot(figures: Sequence[Figure]) -> str:
    """The picture, as text."""
    aimed = [figure for figure in figures if figure.goal is not None]
    width, height = LEFT + LONGEST + RIGHT, TOP + ROW * len(aimed) + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Measured values relative to their goals; shorter is better</title>",
        f"<style>{_STYLE}</style>",
        f'<text x="{LEFT + GOAL}" y="18" text-anchor="middle">the goal</text>',
        *(line for place, figure in enumerate(aimed) for line in _bar(figure, TOP + ROW * place)),
        f'<line class="goal" x1="{LEFT + GOAL}" x2="{LEFT + GOAL}" y1="24" y2="{height - 8}"/>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(figure: Figure, top: int) -> Iterator[str]:
    assert figure.goal is not None
    length = min(figure.value / figure.goal * GOAL, LONGEST)
    kind = "met" if figure.met else "missed"
    label = escape(f"{figure.scenario}, {figure.unit}")
    yield f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{label}</text>'
    yield f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{length:.0f}" height="18" rx="2"/>'
    yield f'<text x="{LEFT + max(length, GOAL) + 8:.0f}" y="{top + 14}">{short(figure.value)} of {figure.goal:g}</text>'
