"""The walk of a message as it is drawn is the one that a message takes."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
MOST_STEPS: Final = 30


def test_docs_walk_lists_functions_that_a_message_comes_through_in_this_order(tmp_path: Path) -> None:
    drawn = re.findall(r"^\d+\. `(.+?)`", (ROOT / "docs/walk.md").read_text(), re.MULTILINE)
    command = [sys.executable, "-m", "tests.integration.sockets.walking", str(tmp_path)]
    called = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert set(drawn) <= set(called)
    assert drawn == sorted(drawn, key=called.index)
    assert 20 < len(drawn) <= MOST_STEPS
    assert len(set(drawn)) == len(drawn), "no step goes back"
