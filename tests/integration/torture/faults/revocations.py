"""Somebody who is to hear no more, and is connected by one process alone while another process is told so."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final

from tests.integration.torture import http
from tests.integration.torture.client import Client
from tests.integration.torture.history import LoggedOut, Received
from tests.integration.torture.line import NoAnswer, Refusal
from tests.integration.torture.play import Scene
from tests.integration.torture.worlds import LaunchedServer

_ACKNOWLEDGED_WITHIN: Final = 30.0
_LISTEN_ON: Final = 3.0


class Revocation:
    """Two devices of a member: the one stays while the person is removed from a room, the other is signed out.

    Other processes do both, where there are others. What still reaches the two is judged by I9.
    """

    def __init__(self, scene: Scene, server: LaunchedServer) -> None:
        self._scene = scene
        self.room, members = next(iter(scene.stage.members.items()))
        self.member = members[-1]
        self._owner = scene.fleet.doings[members[0].id]
        self._port = next((port for port in scene.world.ports if port != server.port), server.port)
        self.staying, self.leaving = (scene.fleet.arrive(self.member, [server.port]) for _ in range(2))
        self._revoked: Future[float] | None = None

    def begin(self) -> None:
        """Have it done, as soon as somebody answers."""
        self._revoked = self._scene.fleet.start(self._revoke())

    def finish(self) -> None:
        """Wait until it is acknowledged, listen on for a while, and bring the member back."""
        assert self._revoked
        at = self._revoked.result(_ACKNOWLEDGED_WITHIN)
        time.sleep(_LISTEN_ON)
        others = [each for each in self._scene.fleet.clients if each.account != self.member]
        assert self._heard_by(others, at), "nothing happened in the room that could have been kept from anybody"
        self._scene.fleet.call(self._put_back())

    def _heard_by(self, clients: list[Client], since: float) -> bool:
        names = {client.name for client in clients}
        return any(
            isinstance(record, Received)
            and record.client in names
            and record.event.room == self.room
            and record.at > since
            for record in reversed(self._scene.history.records)
        )

    async def _revoke(self) -> float:
        """When both were acknowledged."""
        await self._put_back()  # the room's moderator may have been faster
        await self._owner.remove(self.room, self.member.id, [self._port])
        await self._log_out()
        self._scene.history.append(LoggedOut(time.monotonic(), self.leaving.name))
        return time.monotonic()

    async def _put_back(self) -> None:
        await self._owner.put(self.room, self.member.id, [self._port])

    async def _log_out(self) -> None:
        """Until it is done; what was done before is refused."""
        while True:
            try:
                await http.ask(self._port, self.leaving.account.token, "POST", "/api/logout")
            except NoAnswer:
                await asyncio.sleep(0.1)
            except Refusal as refusal:
                if refusal.status < 500:
                    return
                await asyncio.sleep(0.1)
            else:
                return


@contextmanager
def revoking(scene: Scene, server: LaunchedServer) -> Iterator[Revocation]:
    """Both devices are ready, and gone afterwards."""
    revocation = Revocation(scene, server)
    try:
        yield revocation
    finally:
        scene.fleet.depart(revocation.staying, revocation.leaving)
