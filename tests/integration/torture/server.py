"""`python -m tests.integration.torture.server NAME...`: Parley with failpoints or planted bugs, or as another version.

Each name is a function of `failpoints`, `bugs`, `versions` or `consumers`, called before anything is served. The
product has none of them.
"""

import os
import sys

from gevent import monkey

monkey.patch_all()

from entrypoints.serving import run  # noqa: E402 - after everything was patched
from entrypoints.settings import load  # noqa: E402
from tests.integration.torture import bugs, consumers, failpoints, versions  # noqa: E402


def main() -> None:
    """Plant what was asked for, and serve."""
    for name in sys.argv[1:]:
        next(getattr(module, name) for module in (failpoints, bugs, versions, consumers) if hasattr(module, name))()
    run(load(os.environ).settings)


main()
