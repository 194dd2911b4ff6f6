"""`--seed N` replays one seed."""

import logging
from collections.abc import Iterator

import pytest

from chat_domain.delivery import reconciler
from tests.integration.simulation.world import LOOKED_AT_ONE_BY_ONE


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="simulate only the world of this seed")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """In bad weather everything that can be warned of is."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in LOOKED_AT_ONE_BY_ONE:
        monkeypatch.setattr(reconciler, limit, 1)
