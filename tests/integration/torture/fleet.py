"""The clients of a run, on an event loop in a thread of its own."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, Final, TypeVar

from tests.integration.torture import http
from tests.integration.torture.checker.run import RoomState
from tests.integration.torture.client import Account, Client
from tests.integration.torture.history import History, LoggedOut
from tests.integration.torture.line import NoAnswer, Refusal
from tests.integration.torture.stage import PASSWORD, Stage
from tests.integration.torture.workload import Doings

Result = TypeVar("Result")
ClientType = Callable[[str, Account, Sequence[int], History], Client]
"""Makes a client of a name, of somebody, that may connect to these ports, and writes that history."""
_ENDED_WITHIN: Final = 15.0


class Fleet:
    """One client for each person of the stage, who together do `rate` things a second."""

    def __init__(
        self,
        stage: Stage,
        doors: Callable[[int], Sequence[int]],
        history: History,
        *,
        rate: float,
        client_type: ClientType = Client,
    ) -> None:
        self.history = history
        self.client_type = client_type
        self.clients = [
            client_type(f"c{number}", account, doors(number), history) for number, account in enumerate(stage.people)
        ]
        names = [account.username for account in stage.people]
        self.doings = {
            client.account.id: Doings(client, history, names, seed) for seed, client in enumerate(self.clients)
        }
        self._stage = stage
        self._rate = rate
        self._visits = count(1)
        self._visitors: dict[str, int] = {}
        self._staying: dict[str, asyncio.Task[None]] = {}
        self._is_over = False
        self._working: list[asyncio.Task[Any]] = []
        self._present: list[asyncio.Task[Any]] = []
        self._failed: Future[Any] = Future()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fleet", daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, Result], within: float = 120) -> Result:
        """Run it among the clients; raises at once what any of them failed with."""
        future = self.start(coroutine)
        wait({future, self._failed}, within, FIRST_COMPLETED)
        if self._failed.done():
            self._failed.result()
        return future.result(0)

    def watch(self, seconds: float) -> None:
        """Let them do what they do for so long."""
        self.call(asyncio.sleep(seconds), seconds + 60)

    def start(self, coroutine: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Begin it among the clients."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def arrive(self, account: Account, doors: Sequence[int]) -> Client:
        """Sign somebody in on another device, and return when it has caught up."""
        visitor = self.call(self._arrive(account, doors))
        self.call(visitor.is_ready.wait())
        return visitor

    def depart(self, *visitors: Client) -> None:
        """Take devices away that arrived."""
        for visitor in visitors:
            self.call(self._depart(visitor))

    def connect(self) -> None:
        """Bring all clients online."""
        self.call(self._connect())

    def work(self, *, moderate: bool = True, moderate_every: float = 4.0, visit: bool = True) -> None:
        """Begin to do things; each room loses and regains a member every so many seconds."""
        self._is_over = False
        for doings in self.doings.values():
            doings.start_afresh()
        self.call(self._work(moderate_every if moderate else None, visit=visit))

    def rest(self, within: float = 60) -> None:
        """Begin nothing new, and wait until everything is answered."""
        self.call(self._rest(within), within + 20)

    def settle(self, heads: Callable[[], Mapping[int, int]], within: float) -> None:
        """Wait until every client is at the heads of its rooms, for at most so many seconds."""
        last = heads()
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if all(client.is_whole and self._is_at(client, last) for client in self.clients):
                return
            time.sleep(0.05)

    def states(self) -> dict[str, dict[int, RoomState]]:
        """What each client holds."""
        return self.call(self._states())

    def users(self) -> dict[str, int]:
        """Whose client it is."""
        return {client.name: client.account.id for client in self.clients} | self._visitors

    def close(self) -> None:
        """Disconnect everybody."""
        self.start(self._close()).result(120)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _states(self) -> dict[str, dict[int, RoomState]]:
        return {client.name: await client.states() for client in self.clients}

    async def _connect(self) -> None:
        self._present = [asyncio.create_task(client.run()) for client in self.clients]
        for task in self._present:
            task.add_done_callback(self._note_failure)
        await asyncio.gather(*(client.is_ready.wait() for client in self.clients))

    async def _work(self, moderate_every: float | None, *, visit: bool) -> None:
        desks = [(room, account.id) for room, members in self._stage.members.items() for account in members]

        def pause() -> float:
            return random.expovariate(self._rate / len(desks))

        def calm() -> float:
            return random.uniform(0.5, 1.5) * (moderate_every or 0)

        for room, members in self._stage.members.items():
            owner = self.doings[members[0].id]
            owner.owns.add(room)
            if moderate_every:
                self._working.append(asyncio.create_task(owner.moderate(room, calm)))
        self._working += [asyncio.create_task(self.doings[id].work(room, pause)) for room, id in desks]
        if visit:
            self._working.append(asyncio.create_task(self._visit()))

    async def _visit(self) -> None:
        """Sign in on another device, look on for a while, and sign out by any process."""
        while not self._is_over:
            host = random.choice(self.clients)
            with suppress(NoAnswer, Refusal):
                await self._stay(await self._arrive(host.account, host.doors))
            await asyncio.sleep(random.uniform(1, 3))

    async def _stay(self, visitor: Client) -> None:
        try:
            await asyncio.sleep(random.uniform(1, 3))
            await http.ask(random.choice(visitor.doors), visitor.account.token, "POST", "/api/logout")
            self.history.append(LoggedOut(time.monotonic(), visitor.name))
            await asyncio.wait({self._staying[visitor.name]}, timeout=_ENDED_WITHIN)
        finally:
            await self._depart(visitor)

    async def _arrive(self, account: Account, doors: Sequence[int]) -> Client:
        who = {"username": account.username, "password": PASSWORD}
        token = (await http.ask(random.choice(doors), "", "POST", "/api/login", who))["token"]
        name = f"visit{next(self._visits)}"
        self._visitors[name] = account.id
        visitor = self.client_type(name, Account(account.id, account.username, token), doors, self.history)
        self._staying[name] = asyncio.create_task(visitor.run())
        return visitor

    async def _depart(self, visitor: Client) -> None:
        staying = self._staying.pop(visitor.name)
        staying.cancel()
        await asyncio.gather(staying, return_exceptions=True)

    async def _rest(self, within: float) -> None:
        self._is_over = True
        for doings in self.doings.values():
            doings.is_over = True
        done, late = await asyncio.wait(self._working, timeout=within) if self._working else (set(), set())
        for task in late:
            task.cancel()
        self._working = []
        for task in done:
            task.result()
        assert not late, f"{len(late)} of what was begun was not answered within {within} s"

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) and not self._failed.done():
            self._failed.set_exception(failure)

    async def _close(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    @staticmethod
    def _is_at(client: Client, last: Mapping[int, int]) -> bool:
        return all(room.cursor == last[id] for id, room in dict(client.rooms).items())


@contextmanager
def a_fleet(
    stage: Stage,
    doors: Callable[[int], Sequence[int]],
    history: History,
    *,
    rate: float,
    client_type: ClientType = Client,
) -> Iterator[Fleet]:
    """Connected clients, gone afterwards."""
    fleet = Fleet(stage, doors, history, rate=rate, client_type=client_type)
    try:
        fleet.connect()
        yield fleet
    finally:
        fleet.close()
