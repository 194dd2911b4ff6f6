"""The terminal at which a process was started."""

import os
import sys


class Terminal:
    """Those of the standard streams that are a terminal when this is made; there may be none."""

    def __init__(self) -> None:
        streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
        self._streams = [stream.fileno() for stream in streams if stream and stream.isatty()]

    @property
    def is_closed(self) -> bool:
        """Whether there was one, and its window or connection is gone."""
        return not all(map(os.isatty, self._streams))

    def let_go(self) -> None:
        """Let go nowhere what is still written to it: an error in the last words would become the exit code."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in self._streams:
            os.dup2(nowhere, stream)
        os.close(nowhere)
