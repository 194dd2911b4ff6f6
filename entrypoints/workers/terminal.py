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
