"""`parley serve` with more than one worker."""

from functools import partial

import click

from entrypoints.listening import listen
from entrypoints.logs import set_up_logs
from entrypoints.settings import BadSettings, Settings
from entrypoints.workers.supervisor import SILENCE, Supervisor


def supervise(settings: Settings, *, silence: float = SILENCE) -> int:
    """Serve with as many workers as the settings say until told to stop; the exit code.

    A worker that gives no sign of life for `silence` seconds is replaced. Raises BadSettings.
    """
    if settings.storage_kind != "postgresql":
        raise BadSettings(
            f"PARLEY_WORKERS {settings.workers} needs a DATABASE_URL of postgresql://...: "
            "memory:// and sqlite:/// carry one process."
        )
    set_up_logs(settings.log_level)
    listener = listen(settings.host, settings.port)
    announce = partial(click.echo, f"Parley is ready: {settings.address(listener.getsockname()[1])}")
    return Supervisor(listener, count=settings.workers, on_ready=announce, silence=silence).run()
