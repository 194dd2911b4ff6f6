"""A C compiler: the machine's, or where there is none one from a wheel, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

LOCK: Final = Path(__file__).parents[2] / "requirements" / "cc.lock"


class Compiler(NamedTuple):
    """A command that takes the options of `cc`, and the environment to run it in."""

    command: Sequence[str]
    environment: Mapping[str, str]


def compiler(cache: Path) -> Compiler:
    """The machine's `cc`, or ziglang's, installed into `cache` by its lock. SystemExit when neither can be had."""
    if shutil.which("cc"):
        return Compiler(["cc"], os.environ)
    folder = cache / "cc"
    if not (folder / "ziglang").exists():
        _install(folder)
    places = {"PYTHONPATH": str(folder), "ZIG_GLOBAL_CACHE_DIR": str(folder / "cache")}
    return Compiler([sys.executable, "-m", "ziglang", "cc"], {**os.environ, **places})


def _install(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    exactly = ["--require-hashes", "--no-deps", "--target", str(folder), "-r", str(LOCK)]
    if subprocess.run([*pip, *exactly], check=False, capture_output=True).returncode:
        sys.exit("There is no C compiler (cc) on this machine, and none could be installed from the package index.")
