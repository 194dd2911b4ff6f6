"""`--seed N` replays one seed."""

import logging
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="simulate only the world of this seed")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """In bad weather everything that can be warned of is."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
