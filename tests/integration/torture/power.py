"""A power cut without pulling the plug: what the disk has not got is wiped out.

Linux tells of each page of a file whether it is still to be written (cachestat(2), since 6.5). After the process was
killed, such pages are overwritten with zeros, as a disk would show them that never got them.
"""

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_CACHESTAT: Final = 451
_PAGE: Final = 4_096
_DIRTY, _UNDER_WAY = 1, 2


def can_be_cut(folder: Path) -> bool:
    """Whether the kernel and the file system tell; they must call a page dirty that was just written."""
    probe = folder / "probe"
    probe.write_bytes(b"x" * _PAGE)
    try:
        return list(_unwritten(probe)) == [0]
    except OSError:
        return False
    finally:
        probe.unlink()


def cut_power(folder: Path) -> int:
    """Wipe out what was not written to disk of the databases in the folder; how many pages that were."""
    wiped = 0
    for path in folder.glob("parley.db*"):
        if path.name.endswith("-shm"):  # is made anew from the others
            path.unlink()
            continue
        pages = list(_unwritten(path))
        with path.open("r+b") as file:
            for page in pages:
                file.seek(page * _PAGE)
                file.write(bytes(_PAGE))
        wiped += len(pages)
    return wiped


def _unwritten(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        for page in range((path.stat().st_size + _PAGE - 1) // _PAGE):
            stat = _cachestat(file.fileno(), page * _PAGE, _PAGE)
            if stat[_DIRTY] or stat[_UNDER_WAY]:
                yield page


def _cachestat(file: int, start: int, length: int) -> tuple[int, ...]:
    """Pages cached, dirty, being written, evicted, evicted lately."""
    asked, told = (ctypes.c_uint64 * 2)(start, length), (ctypes.c_uint64 * 5)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_CACHESTAT, file, ctypes.byref(asked), ctypes.byref(told), 0):
        raise OSError(ctypes.get_errno(), "cachestat")
    return tuple(told)
