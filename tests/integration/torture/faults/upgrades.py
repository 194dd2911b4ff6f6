"""An upgrade: two versions of the program serve side by side, on one database and one bus."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from tests.integration.torture import versions
from tests.integration.torture.faults.processes import no_send_fails, restart
from tests.integration.torture.play import Scene

MIXED_FOR: Final = 3.0
"""Seconds after each restart."""

_MISREAD: Final = "cannot pass the bus"


def there_and_back(scene: Scene, mixed_for: float = MIXED_FOR) -> None:
    """F23: one server after the other becomes another version, and then what it was; no send fails."""
    plants = scene.world.servers[0].plants
    with no_send_fails(scene), scene.fault("F23"), _misreading(scene), _taken_back(scene), _foreign_kinds(scene):
        try:
            _become(scene, [*plants, "another_version"], mixed_for)
        finally:
            _become(scene, plants, mixed_for)


def _become(scene: Scene, plants: Sequence[str], mixed_for: float) -> None:
    for server in scene.world.servers:
        server.plants = plants
        restart(server)
        scene.fleet.call(_spread(scene))
        time.sleep(mixed_for)


async def _spread(scene: Scene) -> None:
    """Have people at every server: to one that was restarted nobody comes back by themselves."""
    ports = scene.world.ports
    ways = [(client, scene.world.chance.sample(ports, len(ports))) for client in scene.fleet.clients]
    await asyncio.gather(*(client.go_by(way) for client, way in ways))


@contextmanager
def _misreading(scene: Scene) -> Iterator[None]:
    """Each server, as each of the versions, is told what it cannot read, and says so."""
    before = [server.log().count(_MISREAD) for server in scene.world.servers]
    yield
    for server, count in zip(scene.world.servers, before, strict=True):
        assert server.log().count(_MISREAD) >= count + 2, "there is a version as which it understood the others"


@contextmanager
def _foreign_kinds(scene: Scene) -> Iterator[None]:
    """Events of a kind that only the other version knows are in the logs, and stay there."""
    yield
    assert versions.foreign_events(scene.world.servers[0].environment["DATABASE_URL"]), "it logged none of its own kind"


@contextmanager
def _taken_back(scene: Scene) -> Iterator[None]:
    """What the other version did to the database is undone; those of this version left it as it was."""
    try:
        yield
    finally:
        revision = versions.take_back(scene.world.servers[0].environment["DATABASE_URL"])
    assert revision == versions.REVISION, f"servers of this version made a newer database one of {revision}"
