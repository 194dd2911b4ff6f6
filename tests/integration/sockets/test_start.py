"""What a process needs to serve for a long time: libraries that it knows, and tickers that survive a failure."""

import logging
import sys
from importlib.metadata import version
from types import SimpleNamespace

import gevent
import pytest

from adapters.broadcasting.errors import UnknownTransport
from adapters.broadcasting.stock_websocket import StockTransport
from chat_domain.model.errors import Unavailable
from entrypoints.logs import Repeats
from entrypoints.serving.tickers import Ticker


def test_libraries_that_the_transport_does_not_know_are_named_in_one_sentence() -> None:
    with pytest.raises(UnknownTransport) as refused:
        StockTransport().attach(SimpleNamespace(eio=SimpleNamespace()))
    assert "\n" not in str(refused.value)
    assert f"python-engineio {version('python-engineio')}" in str(refused.value)
    assert "make install" in str(refused.value)


@pytest.mark.parametrize("error", [Unavailable(), ValueError("a bug"), OSError("gone")])
def test_a_ticker_lives_on_when_its_action_fails(error: Exception) -> None:
    ticks: list[int] = []

    def fail() -> None:
        ticks.append(1)
        raise error

    ticking = gevent.spawn(Ticker("test", 0.001, fail).run)
    with gevent.Timeout(5):
        while len(ticks) < 3:
            gevent.sleep(0.001)
    assert not ticking.dead
    ticking.kill()


def test_two_tickers_that_fail_are_both_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise Unavailable

    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repeats())
    logging.getLogger().addHandler(handler)
    ticking = [gevent.spawn(Ticker(name, 0.001, fail).run) for name in ("poll", "heads")]
    gevent.sleep(0.05)
    gevent.killall(ticking)
    logging.getLogger().removeHandler(handler)
    assert sorted(line.partition(":")[0] for line in capsys.readouterr().err.splitlines()) == ["heads", "poll"]
