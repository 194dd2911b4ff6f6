"""Parley as one process: HTTP and sockets over the services of the container."""

import subprocess
import sys
from collections.abc import Callable

import click
from werkzeug.middleware.proxy_fix import ProxyFix

from entrypoints.container import Container
from entrypoints.http.app import create_app
from entrypoints.logs import set_up_logs
from entrypoints.serving.process import Served, serve
from entrypoints.serving.tickers import Ticker
from entrypoints.settings import BadSettings, Settings
from entrypoints.sockets.server import Sockets


def run(settings: Settings) -> None:
    """Migrate, serve until told to stop, and return. gevent must have patched the process before this is imported."""
    set_up_logs(settings.log_level)
    container = Container(settings=settings)
    container.large_blocks()
    if not container.is_migrated():
        _migrate_aside()
    serve(
        _serving(container, settings), host=settings.host, port=settings.port, on_ready=_announce(settings, container)
    )


def _migrate_aside() -> None:
    """Migrate in a process of its own: what that takes would stay in the memory of this one."""
    done = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli.main", "migrate"], check=False, stdout=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit(done.returncode)


def _serving(container: Container, settings: Settings) -> Served:
    services, trust = container.services(), container.trust()
    app = create_app(services, container.views(), trust)
    sockets = Sockets(
        app,
        services,
        container.views(),
        trust,
        most_per_user=settings.max_sockets_per_user,
        most_per_address=settings.max_sockets_per_address,
    )
    container.audience().attach(sockets.server)
    try:
        container.transport()(sockets.server)
    except ImportError as error:
        raise BadSettings(str(error)) from error
    container.broadcaster().subscribe(services.delivery.receive)
    if count := settings.trusted_proxies:  # around everything, so that sockets too see who really calls
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    tickers = (
        Ticker("presence", 1.0, services.presence.sweep),
        Ticker("heads", 2.0, services.delivery.beacon),
        Ticker("sessions", 30.0, sockets.end_stale_sessions),
    )
    return Served(app.wsgi_app, tickers, sockets.drain, services.storage.close)


def _announce(settings: Settings, container: Container) -> Callable[[int], None]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host

    def announce(port: int) -> None:
        container.settle()  # importing and wiring are over
        click.echo(f"Parley is ready: {settings.public_url or f'http://{host}:{port}'}")

    return announce
