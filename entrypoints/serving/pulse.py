"""The heartbeat of a worker."""

import os
import signal
from contextlib import suppress


class Pulse:
    """Tells the supervisor, through its pipe, that the event loop turns; ends the process where nobody listens."""

    def __init__(self, pipe: int) -> None:
        os.set_blocking(pipe, False)
        self._pipe = pipe

    def beat(self) -> None:
        """To be called each second, and first when the worker serves."""
        try:
            with suppress(BlockingIOError):  # the supervisor is frozen; it forgives that
                os.write(self._pipe, b".")
        except BrokenPipeError:
            os.kill(os.getpid(), signal.SIGTERM)  # without a supervisor the port would stay taken
