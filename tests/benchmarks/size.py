"""How long and how large a run is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """`seconds` of each measurement; `rows` are the sizes of the table of messages, ascending."""

    name: str
    seconds: float
    repetitions: int
    rows: tuple[int, ...]
    members: tuple[int, ...]
    rooms: tuple[int, ...]


FULL: Final = Size("full", 3, 3, (10_000, 1_000_000, 5_000_000), (10, 100, 1_000, 2_000), (1, 100, 10_000))
QUICK: Final = Size("quick", 1.5, 1, (10_000, 200_000), (10, 1_000), (1, 1_000))
