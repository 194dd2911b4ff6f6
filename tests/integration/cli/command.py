"""The installed `parley`, run to its end as an operator runs it."""

import subprocess
from pathlib import Path

from tests.integration.servers.parley import COMMAND, environment


def parley(*arguments: str, data: Path, input: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """What came of it. `data` is the data folder, `settings` are environment variables."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment({"PARLEY_DATA_DIR": str(data), **settings}),
        cwd=data.parent,
        input=input,
        stdin=subprocess.DEVNULL if input is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def one_sentence(done: subprocess.CompletedProcess[str], *, code: int) -> str:
    """What a command that ended with this code said on the standard error, which is one sentence and nothing else."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    name, _, sentence = line.partition(": ")
    assert name == "parley"
    assert sentence.endswith((".", "?")), sentence
    assert "Traceback" not in sentence
    return sentence
