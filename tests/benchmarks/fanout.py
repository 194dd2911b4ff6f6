"""Rooms: what a delivery costs, how many are carried, and what a persisted message costs."""

from contextlib import ExitStack
from statistics import median

from tests.benchmarks.figures import Figure, Results, short
from tests.benchmarks.loads import BUSY, FANOUT, PAIRS_ACK, Took, interleaved, load, per_delivery, per_message
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import Server, a_floor, a_node, a_parley, a_parley_in_memory
from tests.benchmarks.size import Size
from tests.integration.servers.postgres import a_postgres

RATE = 400


def large_room(results: Results, size: Size) -> None:
    """room1000, busy1000, and one room of 1,000 at a fixed rate."""
    crowd = rooms_of(1000)
    with ExitStack() as stack:
        servers = {
            "floor": stack.enter_context(a_floor(crowd)),
            "Parley": stack.enter_context(a_parley(crowd)),
            "Node": stack.enter_context(a_node(crowd)),
        }
        results.add(*_against_both("room1000", _deliveries(servers, size, *FANOUT), floor=1.25, node=0.6))
        results.add(*_against_both("busy1000", _deliveries(servers, size, *BUSY), floor=None, node=0.15))
        _steady(results, size, servers["Parley"])


def _steady(results: Results, size: Size, server: Server) -> None:
    taken = [load(server, "--rate", str(RATE), "--warmup", "2", seconds=size.seconds) for _ in range(size.repetitions)]
    carried = min(each.done / each.messages for each in taken)
    share = median(each.cpu for each in taken) / size.seconds
    verdict = "carried" if carried > 0.98 else f"not carried: {carried:.0%} of the messages were done in time"
    detail = f"{verdict}; {share:.0%} of a processor"
    p99 = median(each.p99_ms for each in taken)
    results.add(Figure(f"1,000 members, {RATE} messages/s, p99", p99, "ms", 25, detail))


def small_room(results: Results, size: Size) -> None:
    """room100, also without Parley's storage, since the others have none."""
    crowd = rooms_of(100)
    with ExitStack() as stack:
        servers = {
            "floor": stack.enter_context(a_floor(crowd)),
            "Parley": stack.enter_context(a_parley(crowd)),
            "Parley, memory://": stack.enter_context(a_parley_in_memory(crowd)),
            "Node": stack.enter_context(a_node(crowd)),
        }
        costs = _deliveries(servers, size, *FANOUT)
        results.add(*_against_both("room100", costs, floor=1.5, node=0.7))
        in_memory = {**costs, "Parley": costs["Parley, memory://"]}
        results.add(*_against_both("room100, Parley on memory://", in_memory, floor=None, node=None))


def _deliveries(servers: dict[str, Server], size: Size, *options: str) -> dict[str, float]:
    taken = interleaved(servers, *options, seconds=size.seconds, repetitions=size.repetitions)
    return {name: per_delivery(each) for name, each in taken.items()}


def _against_both(name: str, costs: dict[str, float], *, floor: float | None, node: float | None) -> list[Figure]:
    ours = costs["Parley"]
    return [
        Figure(name, ours / costs["floor"], "x floor", floor, _costs(ours, costs["floor"], "delivery")),
        Figure(name, ours / costs["Node"], "x Node", node, _costs(ours, costs["Node"], "delivery")),
    ]


def _costs(ours: float, theirs: float, what: str) -> str:
    return f"{short(ours)} against {short(theirs)} µs of CPU per {what}"


def persisted(results: Results, size: Size) -> None:
    """500 pairs, 64 messages in flight, each persisted and acknowledged."""
    crowd = rooms_of(2, 500)
    with a_parley(crowd) as parley, a_node(crowd, storage="sqlite") as node:
        results.add(_pairs("pairs, SQLite", {"Parley": parley, "Node": node}, size, goal=1.2))
    with (
        a_postgres(durable=True) as postgres,
        a_parley(crowd, postgres=postgres) as parley,
        a_node(crowd, storage="postgres", postgres=postgres) as node,
    ):
        results.add(_pairs("pairs, PostgreSQL, with its CPU", {"Parley": parley, "Node": node}, size, goal=0.9))


def _pairs(name: str, servers: dict[str, Server], size: Size, *, goal: float) -> Figure:
    taken: dict[str, list[Took]] = interleaved(servers, *PAIRS_ACK, seconds=size.seconds, repetitions=size.repetitions)
    ours, theirs = per_message(taken["Parley"]), per_message(taken["Node"])
    return Figure(name, ours / theirs, "x Node", goal, _costs(ours, theirs, "message"))
