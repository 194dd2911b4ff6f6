"""What all tests share."""

import pytest

from tests import leaks


def pytest_configure(config: pytest.Config) -> None:
    # As a plugin, since a hook of this file would not be told of fixtures of the session.
    config.pluginmanager.register(leaks)
