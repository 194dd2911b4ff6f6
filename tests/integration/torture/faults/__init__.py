"""The faults of the table, by their names there. Each leaves the world whole, and asserts what is asked besides."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.integration.torture.faults import buses, databases, networks, processes, readers, restores, upgrades
from tests.integration.torture.play import Fault, Scene

ON_SQLITE: Final[dict[str, Fault]] = {
    "F1": processes.killed,
    "F2": processes.killed_before_broadcast,
    "F3": processes.killed_before_ack,
    "F4": processes.frozen,
    "F5": processes.rolling_restart,
    "F11": databases.a_reader_and_two_writers,
    "F12": databases.disk_full,
    "F14": networks.away,
    "F15": networks.half_open,
    "F17": networks.cut_writes_and_slow_readers,
    "F18": readers.stalled,
    "F20": networks.everybody_comes_back_at_once,
    "F22": restores.restored,
}
"""One process. The bus is within it, and its database is a file."""

ON_POSTGRESQL: Final[dict[str, Fault]] = {
    "F1": processes.killed,
    "F2": processes.killed_before_broadcast,
    "F3": processes.killed_before_ack,
    "F4": processes.frozen,
    "F5": processes.rolling_restart,
    "F6": buses.killed,
    "F7": buses.spoilt_hints,
    "F8": buses.cut_off,
    "F9": databases.postgres_killed,
    "F10": databases.unreachable,
    "F14": networks.away,
    "F15": networks.half_open,
    "F17": networks.cut_writes_and_slow_readers,
    "F18": readers.stalled,
    "F20": networks.everybody_comes_back_at_once,
    "F22": restores.restored,
    "F23": upgrades.there_and_back,
}
"""Three processes over PostgreSQL and Valkey."""

ON_POSTGRESQL_ALONE: Final[dict[str, Fault]] = {
    **{name: fault for name, fault in ON_POSTGRESQL.items() if name not in {"F6", "F8"}},
    "F9": buses.gone_with_the_database("F9", databases.postgres_killed),
    "F10": buses.gone_with_the_database("F10", databases.unreachable),
}
"""Three processes over PostgreSQL. Their bus is within it, and goes and comes with it."""

AT_LENGTH: Final[Mapping[str, Callable[[Scene, float], None]]] = {"F1": processes.killed_again_and_again}
"""How a fault goes on for so many seconds where it is the only one and there are several processes."""

TIMES: Final[Mapping[str, int]] = {"F1": 10, "F2": 100, "F3": 100, "F5": 3, "F9": 5}
"""How often each is to strike; the others once."""
