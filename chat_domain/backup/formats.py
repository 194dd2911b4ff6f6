"""The formats of backups, from 1 on: a file that was ever written is read for ever.

A change of PARTS, or of what a field means, is a new format. The one before joins OLDER: its parts as they were, told
by what the next one changed (`{**PARTS, "rooms": Part(...)}`), and a function from its records to those of the next.
Both are in a module of the format, such as `format_1`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chat_domain.backup import format_1
from chat_domain.backup.contents import PARTS, DamagedBackup, Part, Records, require


@dataclass(frozen=True, slots=True)
class OlderFormat:
    """A format that is no longer written. `upgrade` takes its records, which are well-formed, to those of the next."""

    parts: Mapping[str, Part]
    upgrade: Callable[[Records], Records]


@dataclass(frozen=True, slots=True)
class Formats:
    """All formats: the older ones in order, and the parts of the newest."""

    older: Sequence[OlderFormat]
    parts: Mapping[str, Part]

    @property
    def newest(self) -> int:
        """The number of the format that is written."""
        return len(self.older) + 1

    def parts_of(self, number: int) -> Mapping[str, Part]:
        """The parts of this format; raises DamagedBackup where there is none."""
        if number > self.newest:
            raise DamagedBackup("This backup was made by a newer version of Parley; use that one.")
        require(number > 0, "it tells no known format")
        return self.parts if number == self.newest else self.older[number - 1].parts

    def upgraded(self, records: Records, *, number: int) -> Records:
        """Records of the newest format, made of those of this format."""
        for older in self.older[number - 1 :]:
            records = older.upgrade(records)
        return records


OLDER: Final[Sequence[OlderFormat]] = (OlderFormat(format_1.PARTS_1, format_1.upgrade),)
FORMATS: Final = Formats(OLDER, PARTS)
