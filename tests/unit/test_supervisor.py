"""What the supervisor of several workers does when the system gives it no more processes."""

import errno
import socket

import pytest

from entrypoints.workers.supervisor import Supervisor
from entrypoints.workers.worker import Worker


@pytest.fixture
def listener() -> socket.socket:
    return socket.socket()


def refuse(_listener: socket.socket, _generation: int) -> Worker:
    raise OSError(errno.EAGAIN, "no more processes")


def test_a_worker_that_cannot_be_started_is_tried_again_later(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "start", refuse)
    supervisor = Supervisor(listener, count=2, on_ready=lambda: None)
    supervisor._has_begun = True
    supervisor._match(now=100.0)
    assert not supervisor._workers
    tries: list[int] = []

    def note(*_: object) -> Worker:
        tries.append(1)
        return refuse(listener, 0)

    monkeypatch.setattr(Worker, "start", note)
    supervisor._match(now=supervisor._start_at - 0.1)
    assert not tries
    supervisor._match(now=supervisor._start_at)
    assert tries
    listener.close()


def test_the_first_worker_must_start(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Worker, "start", refuse)
    with listener, pytest.raises(OSError, match="no more processes"):
        Supervisor(listener, count=2, on_ready=lambda: None)._match(now=100.0)
