"""How what a delivery and a message cost grows with members and with rooms."""

from tests.benchmarks.figures import Growth, Results
from tests.benchmarks.loads import FANOUT, load
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import a_parley
from tests.benchmarks.size import Size

CONNECTED = 50
"""So many rooms of two have their members connected; the others only exist."""


def with_members(results: Results, size: Size) -> None:
    """Members of one room, all connected."""
    steps = []
    for members in size.members:
        with a_parley(rooms_of(members)) as server:
            steps.append((members, load(server, *FANOUT, seconds=size.seconds).us_per_delivery))
    results.grows(Growth("CPU per delivery, by members of the room", "µs", steps))


def with_rooms(results: Results, size: Size) -> None:
    """Rooms of two in the storage."""
    steps = []
    for rooms in size.rooms:
        with a_parley(rooms_of(2, rooms), seated=CONNECTED) as server:
            steps.append((rooms, load(server, "--window", "1", "--ack", seconds=size.seconds).us_per_message))
    results.grows(Growth("CPU per persisted message, one in flight, by rooms of two", "µs", steps))
