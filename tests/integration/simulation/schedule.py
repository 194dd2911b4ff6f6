"""Who goes on next, and what time it is: chosen by chance, which comes from a seed."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, Final

import greenlet

_STEP_TAKES_AT_MOST: Final = 0.03
"""Seconds."""


class Died(BaseException):
    """The process in which this ran is dead. No `except Exception` holds it up."""


class Task:
    """Something that goes on, step by step. `inside` names the process whose code it runs just now."""

    def __init__(self, action: Callable[[], None], inside: object, hub: Any) -> None:
        self.greenlet: Any = greenlet.greenlet(self._run, hub)
        self.inside = inside
        self.wakes_at = 0.0
        self.is_to_die = False
        self._action = action

    def _run(self) -> None:
        with suppress(Died):
            if not self.is_to_die:
                self._action()


class Schedule:
    """Takes one step of one task after the other. `now` is in seconds, and only ever goes on."""

    def __init__(self, random: Random) -> None:
        self.now = 0.0
        self.steps = 0
        self.current: Task | None = None
        self._random = random
        self._hub: Any = greenlet.getcurrent()
        self._tasks: list[Task] = []

    def start(self, action: Callable[[], None], *, inside: object = None, after: float = 0.0) -> None:
        """Begin a task, after so many seconds."""
        task = Task(action, inside, self._hub)
        task.wakes_at = self.now + after
        self._tasks.append(task)

    def pause(self, seconds: float = 0.0) -> None:
        """Let others go on; raises Died if the process that this is inside died meanwhile."""
        task = self.current
        if task is not None:
            task.wakes_at = self.now + seconds
            self._hub.switch()
            if task.is_to_die:
                task.is_to_die = False
                raise Died

    def kill(self, process: object) -> None:
        """End whatever goes on inside a process; if that is the current task, Died is raised."""
        for task in self._tasks:
            if task.inside is process and task is not self.current:
                task.is_to_die = True
                task.wakes_at = self.now
        if self.current is not None and self.current.inside is process:
            raise Died

    def run(self, seconds: float) -> None:
        """Let everything go on for so long, or until nothing is left to do."""
        until = self.now + seconds
        while self._tasks and self.now < until:
            ready = [task for task in self._tasks if task.wakes_at <= self.now]
            if ready:
                self._step(self._random.choice(ready))
            else:
                self.now = min(task.wakes_at for task in self._tasks)

    def stop(self) -> None:
        """End everything."""
        for task in self._tasks:
            task.greenlet.throw(Died)
        self._tasks.clear()

    def _step(self, task: Task) -> None:
        self.now += self._random.random() * _STEP_TAKES_AT_MOST
        self.steps += 1
        self.current = task
        try:
            task.greenlet.switch()
        finally:
            self.current = None
        if task.greenlet.dead:
            self._tasks.remove(task)
