"""`--seed N` replays one seed."""

import logging
from collections.abc import Iterator

import pytest

from chat_domain.services import survey


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
    """Two rooms and three people are so many that they are looked at one by one."""
    for limit in ("_ROOMS_AT_LEAST", "_USERS", "_USERS_IF_MISSED"):
        monkeypatch.setattr(survey, limit, 1)
