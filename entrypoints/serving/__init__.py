"""The process that serves: gevent's WSGI server with limits, tickers, and an end in which nothing is lost."""

from entrypoints.serving.parley import run, run_worker

__all__ = ["run", "run_worker"]
