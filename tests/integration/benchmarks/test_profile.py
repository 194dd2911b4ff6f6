"""Samples of the profiler go to the part of the house that took the time."""

from pathlib import Path

from tests.benchmarks.profile import by_part

HOUSE = Path(__file__).parents[3]
POST = f"MessagingService.post ({HOUSE}/chat_domain/services/messaging.py)"
ASK = f"CursorExecutor._execute ({HOUSE}/adapters/sql/executor.py)"
FLUSH = f"WebSocket.flush ({HOUSE}/adapters/broadcasting/native/websocket.py)"
LIBRARY = f"validate ({HOUSE}/.venv/lib/python3.11/site-packages/pydantic/main.py)"
IDLE = "acquire (/usr/lib/gevent/_threading.py)"


def test_the_innermost_function_that_is_parleys_counts() -> None:
    found = by_part([f"{POST};{ASK} 3", f"{POST};{LIBRARY} 2", f"{FLUSH} 4", f"{LIBRARY} 1"])
    assert found == {
        "statements, units of work": 3,
        "the domain": 2,
        "writing to sockets": 4,
        "the event loop and its greenlets": 1,
    }


def test_a_thread_that_waits_for_work_does_not_count() -> None:
    assert not by_part([f"{IDLE} 100"])
