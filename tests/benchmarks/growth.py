"""How what a delivery and a message cost, and the server's memory, grow with members and with rooms."""

import psutil

from tests.benchmarks.figures import Growth, Results
from tests.benchmarks.loads import FANOUT, load
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import Server, a_parley
from tests.benchmarks.size import Size

CONNECTED = 50
"""So many rooms of two have their members connected; the others only exist."""


def with_members(results: Results, size: Size) -> None:
    """Members of one room, all connected."""
    costs, memory = [], []
    for members in size.members:
        with a_parley(rooms_of(members)) as server:
            costs.append((members, load(server, *FANOUT, seconds=size.seconds).us_per_delivery))
            memory.append((members, _resident(server)))
    results.grows(Growth("CPU per delivery, by members of the room", "µs", costs))
    results.grows(Growth("memory after such a load, by members of the room", "MiB", memory))


def with_rooms(results: Results, size: Size) -> None:
    """Rooms of two in the storage."""
    costs, memory = [], []
    for rooms in size.rooms:
        with a_parley(rooms_of(2, rooms), seated=CONNECTED) as server:
            costs.append((rooms, load(server, "--window", "1", "--ack", seconds=size.seconds).us_per_message))
            memory.append((rooms, _resident(server)))
    results.grows(Growth("CPU per persisted message, one in flight, by rooms of two", "µs", costs))
    results.grows(Growth("memory after such a load, by rooms of two", "MiB", memory))


def _resident(server: Server) -> float:
    return psutil.Process(server.pids[0]).memory_info().rss / 2**20
