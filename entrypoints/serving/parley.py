"""Parley as one process: HTTP and sockets over the services of the container."""

import socket
import subprocess
import sys
from collections.abc import Callable

import click
from werkzeug.middleware.proxy_fix import ProxyFix

from entrypoints.container import Container
from entrypoints.http.app import create_app
from entrypoints.listening import listen
from entrypoints.logs import set_up_logs
from entrypoints.serving.heartbeat import Heartbeat
from entrypoints.serving.process import Served, serve
from entrypoints.serving.tickers import Ticker, consumer_tickers, tickers
from entrypoints.settings import BadSettings, Settings
from entrypoints.sockets.server import Sockets


def run(settings: Settings) -> None:
    """Migrate, serve until told to stop, and return. gevent must have patched the process before this is imported."""
    container = _prepare(settings)
    with container.claimed():
        served = serving(container, settings)
        serve(served, listen(settings.host, settings.port), on_ready=_announce(settings, container))


def run_worker(settings: Settings, listener: int, pipe: int) -> None:
    """Serve as one of several processes.

    The numbers are the file descriptors of the shared listener and of the pipe for the heartbeat.
    """
    container = _prepare(settings)
    heartbeat = Heartbeat(pipe)
    served = serving(container, settings, Ticker("heartbeat", 1.0, heartbeat.beat), is_worker=True)

    def on_ready(_port: int) -> None:
        container.settle()
        heartbeat.beat()

    serve(served, socket.socket(fileno=listener), on_ready=on_ready, is_worker=True)


def _prepare(settings: Settings) -> Container:
    set_up_logs(settings.log_level)
    container = Container(settings=settings)
    container.large_blocks()
    if not container.is_migrated():
        _migrate_aside()
    return container


def _migrate_aside() -> None:
    """Migrate in a process of its own: what that takes would stay in the memory of this one."""
    done = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli.main", "migrate"], check=False, stdout=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(done.returncode)


def serving(container: Container, settings: Settings, *more: Ticker, is_worker: bool = False) -> Served:
    """What serves by the parts of this container, connected to the other processes; `more` ticks too."""
    services, trust = container.services(), container.trust()
    app = create_app(services, container.views(), trust)
    sockets = Sockets(
        app,
        services,
        container.views(),
        trust,
        most_per_user=settings.max_sockets_per_user,
        most_per_address=settings.max_sockets_per_address,
        allows_polling=not is_worker,  # the next request would come to another process
    )
    try:
        for part in (container.audience(), container.transport()):
            part.attach(sockets.server)
    except ImportError as error:
        raise BadSettings(str(error)) from error
    broadcaster = container.broadcaster()
    broadcaster.subscribe(services.delivery.receive)
    consumers = container.consumers()
    if consumers.runners:
        broadcaster.subscribe(consumers.receive)
        more = (*more, *consumer_tickers(consumers))
    broadcaster.open()
    if count := settings.trusted_proxies:  # around everything, so that sockets too see who really calls
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    ticking = (*tickers(services.delivery, services.presence, is_alone=settings.bus_kind == "local"), *more)

    def close() -> None:
        broadcaster.close()  # before the storage: what it still has to say is of use to the other processes
        consumers.release()
        container.limits().close()
        services.storage.close()

    return Served(app.wsgi_app, ticking, sockets.drain, close)


def _announce(settings: Settings, container: Container) -> Callable[[int], None]:
    def announce(port: int) -> None:
        container.settle()  # importing and wiring are over
        click.echo(f"Parley is ready: {settings.address(port)}")

    return announce
