"""How the process keeps memory."""

import ctypes
import gc
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 1024 * 1024


def return_large_blocks() -> None:
    """Have glibc return every block over 1 MiB to the system as soon as it is freed.

    Left alone it learns from argon2's 19 MiB to keep such blocks, and an idle server looks twice its size.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # musl has none, and needs none
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def settle() -> None:
    """Return what importing and wiring left, and have the collector leave alone what stays: to be called once.

    It then looks for cycles less often, too; requests make few, and each look costs in proportion to what lives.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
