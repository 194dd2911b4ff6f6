"""Loads put on a server with loadgen, and what they took."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from tests.benchmarks.programs import compiled
from tests.benchmarks.servers import Server, pinned


@dataclass(frozen=True, slots=True)
class Took:
    """One measurement. CPU is that of the server's processes and of its database's, in seconds."""

    cpu: float
    deliveries: int
    messages: int
    done: int
    p99_ms: float

    @property
    def us_per_delivery(self) -> float:
        """Server CPU."""
        return self.cpu * 1e6 / max(self.deliveries, 1)

    @property
    def us_per_message(self) -> float:
        """Server CPU."""
        return self.cpu * 1e6 / max(self.done, 1)


FANOUT: Final = ("--window", "2", "--senders", "50")
BUSY: Final = ("--window", "16", "--senders", "50")
PAIRS_ACK: Final = ("--window", "64", "--ack")


def generator(server: Server, *options: str) -> list[str]:
    """The command that loads this server."""
    pids = [part for pid in server.pids for part in ("--pid", str(pid))]
    return [
        *pinned(1),
        str(compiled("loadgen")),
        "--port",
        str(server.port),
        "--seats",
        str(server.seats),
        *pids,
        *options,
    ]


def load(server: Server, *options: str, seconds: float) -> Took:
    """Put this load on it for so long."""
    return took(report(generator(server, "--seconds", str(seconds), *options)))


def report(command: Sequence[str]) -> dict[str, Any]:
    """What loadgen says, which must have ended well; a lost, refused or repeated message spoils a measurement."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=180)
    told: dict[str, Any] = json.loads(done.stdout)
    spoilt = {name: told[name] for name in ("refused", "surplus") if told.get(name)}
    if spoilt:
        raise RuntimeError(f"the measurement is worth nothing: {spoilt}")
    return told


def took(told: dict[str, Any]) -> Took:
    """What one of its reports comes to."""
    if not told["deliveries"]:
        raise RuntimeError(f"nothing was delivered: {told}")
    p99 = told["delivery_ms"]["p99"]
    return Took(sum(told["cpu_s"]), told["deliveries"], told["messages"], told["done"], p99)


def interleaved(
    servers: Mapping[str, Server], *options: str, seconds: float, repetitions: int
) -> dict[str, list[Took]]:
    """The same load on each in turn, as often as asked for, so that whatever else the machine does falls on all."""
    found: dict[str, list[Took]] = {name: [] for name in servers}
    for _ in range(repetitions):
        for name, server in servers.items():
            found[name].append(load(server, *options, seconds=seconds))
    return found


def per_delivery(taken: Sequence[Took]) -> float:
    """Microseconds of CPU, the median."""
    return median(each.us_per_delivery for each in taken)


def per_message(taken: Sequence[Took]) -> float:
    """Microseconds of CPU, the median."""
    return median(each.us_per_message for each in taken)
