"""A worker as its supervisor sees it."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Worker:
    """A process that serves. Its heartbeats come through `pipe`, which ends when it ends; times are monotonic."""

    process: subprocess.Popen[bytes]
    pipe: int
    generation: int
    heard_at: float | None = field(default=None, init=False)
    stopped_at: float | None = field(default=None, init=False)

    @classmethod
    def start(cls, listener: socket.socket, generation: int) -> "Worker":
        """Start one that accepts connections on `listener`."""
        pipe, heartbeat = os.pipe()
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "entrypoints.cli.main", "worker", str(listener.fileno()), str(heartbeat)],
                pass_fds=(listener.fileno(), heartbeat),
                stdin=subprocess.DEVNULL,
                process_group=0,  # a Ctrl-C is for the supervisor, which tells the workers
            )
        except OSError:
            os.close(pipe)
            raise
        finally:
            os.close(heartbeat)
        return cls(process, pipe, generation)

    @property
    def is_ready(self) -> bool:
        """Whether it serves, or did so before it was told to stop."""
        return self.heard_at is not None

    @property
    def is_wanted(self) -> bool:
        """Whether it has not been told to stop."""
        return self.stopped_at is None

    def listen(self) -> bool:
        """Read what has come through the pipe; False when the worker has ended."""
        if not os.read(self.pipe, 4096):
            return False
        self.heard_at = time.monotonic()
        return True

    def is_overdue(self, now: float, *, silence: float, drain: float) -> bool:
        """Whether it said nothing for so many seconds, or takes longer than that to come to its end.

        One that does not serve yet may take its time: it may be migrating the storage.
        """
        is_silent = self.heard_at is not None and now - self.heard_at > silence
        return is_silent or (self.stopped_at is not None and now - self.stopped_at > drain)

    def forgive(self, seconds: float) -> None:
        """Count a time in which the supervisor could not listen as if it had not been."""
        if self.heard_at is not None:
            self.heard_at += seconds

    def stop(self) -> None:
        """Have it finish what it has begun, and end."""
        self.stopped_at = time.monotonic()
        self.process.send_signal(signal.SIGTERM)

    def end(self) -> int:
        """Its exit code, negative for a signal. It is over, or is now."""
        self.process.kill()
        os.close(self.pipe)
        return self.process.wait()
