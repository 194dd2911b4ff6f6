"""The heartbeat of a worker."""

import os
import signal
from contextlib import suppress


class Heartbeat:
    """Tells the supervisor through a pipe that the event loop turns; ends the process when the supervisor is gone."""

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
