"""The lock on a database file: held by the process that serves it, or by one that restores a backup into it.

A second server would not tell the clients of the first what it posts, and a server whose file is replaced goes on from
places in logs that are not there any more. The lock goes with its process, however that ends. It is on a file beside
the database: a process that closes the database itself lets go of SQLite's own locks on it.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from adapters.sql.sqlite.connections import PATIENCE, path_of
from chat_domain.model.errors import Conflict, Unavailable

_log: Final = logging.getLogger(__name__)


@contextmanager
def claimed(url: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Lock the file that sqlite:///PATH names; wait a little for a process that is about to end. Raises Conflict."""
    path = path_of(url).resolve()
    with open(_opened(path), "ab") as file:
        deadline = time.monotonic() + patience
        while not _is_locked(file):
            if time.monotonic() > deadline:
                raise Conflict(f"{path} is taken by another `parley serve` or `parley restore`: stop that one first.")
            time.sleep(0.02)
        yield


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Given to the database's owner as it is: it must not be a link to something of root's.
        file = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Unavailable(f"The database cannot be opened: {error}") from error
    with suppress(OSError):  # for all but root, whose file no other user could open
        owner = (path if path.exists() else path.parent).stat()
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file


def _is_locked(file: IO[bytes]) -> bool:
    """Whether the lock is ours now; it counts as ours where files cannot be locked, as on some network's disks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        _log.warning("the database cannot be locked, so nothing keeps a second server away: %s", error)
    return True
