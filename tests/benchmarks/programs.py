"""The programs of the benchmark, outside of the project: those in C compiled, Node's packages installed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.benchmarks.compiler import compiler

HERE: Final = Path(__file__).parent
PEERS: Final = HERE / "peers"
_OPTIONS: Final = ("-O2", "-Wall", "-Wextra", "-Werror")


def cache() -> Path:
    """The folder for what is built, made when it is not there."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "parley-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def compiled(name: str, folder: Path | None = None) -> Path:
    """The program of NAME.c, compiled when a source is newer; into `folder` rather than the cache if one is given."""
    program = (folder or cache()) / name
    newest = max(source.stat().st_mtime for source in HERE.glob("*.[ch]"))
    if not program.exists() or program.stat().st_mtime < newest:
        cc = compiler(cache())
        command: list[str | Path] = [*cc.command, *_OPTIONS, "-o", program, HERE / f"{name}.c"]
        subprocess.run(command, env=cc.environment, check=True)
    return program


def peers() -> Path:
    """The folder of the Node peers with their packages, installed when their lock changed."""
    folder = cache() / "peers"
    lock, stamp = PEERS / "package-lock.json", folder / ".installed-from"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "chat.js"):
        shutil.copy(PEERS / name, folder)
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True)
        shutil.copy(lock, stamp)
    return folder
