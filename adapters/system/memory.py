"""How the C library keeps memory that was given back."""

import ctypes
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


def trim() -> None:
    """Return what is free now: importing leaves much of it."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
