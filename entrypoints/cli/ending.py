"""How a command ends that does not serve, when it is told to."""

import signal
import sys
from types import FrameType
from typing import Final, NoReturn

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)
_BY_A_SIGNAL: Final = 128
"""What shells add to its number for an exit code."""


def undo_when_told_to_end() -> None:
    """From now on undo what was begun, as Ctrl-C does, where the signal is not ignored (see nohup(1))."""
    for number in _SIGNALS:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    for other in _SIGNALS:  # which would interrupt the undoing
        signal.signal(other, signal.SIG_IGN)
    sys.exit(_BY_A_SIGNAL + number)
