"""`parley backup`, `parley verify`, `parley restore`."""

from functools import partial
from pathlib import Path
from typing import Final

import click

from chat_domain.backup.contents import Summary
from entrypoints.settings import Configuration

_FILE: Final = click.argument("file", type=click.Path(path_type=Path))
_FORCE: Final = "--force"


@click.command()
@_FILE
@click.option(_FORCE, is_flag=True, help="Replace FILE if it is there.")
@click.pass_obj
def backup(configuration: Configuration, file: Path, force: bool) -> None:
    """Write everything as of now to FILE, while the server goes on serving. Keep it safe: it holds secrets."""
    from entrypoints.container import Container  # noqa: PLC0415
    from entrypoints.secret_key import kept_key  # noqa: PLC0415

    key = kept_key(configuration.settings)
    Container(settings=configuration.settings).backups().back_up(file, key=key, overwrite=force)
    click.echo(f"Everything is in {file}" + ("." if key else "; there is no key that signs tokens yet."))


@click.command()
@_FILE
@click.pass_obj
def verify(configuration: Configuration, file: Path) -> None:
    """Read all of a backup, and say whether it is valid. No database is needed."""
    from entrypoints.container import Container  # noqa: PLC0415

    summary = Container(settings=configuration.settings).backups().verify(file)
    click.echo(f"{file} is valid ({_told(summary)}).")


@click.command()
@_FILE
@click.option(_FORCE, is_flag=True, help="Replace what is in the database.")
@click.pass_obj
def restore(configuration: Configuration, file: Path, force: bool) -> None:
    """Put a backup back, all of it or nothing. Stop the server first."""
    from entrypoints.container import Container  # noqa: PLC0415
    from entrypoints.secret_key import replaced_key  # noqa: PLC0415

    settings = configuration.settings
    restored = Container(settings=settings).backups().restore
    summary = restored(file, keep_key=partial(replaced_key, settings), overwrite=force)
    click.echo(f"Restored ({_told(summary)}). Every client begins afresh.")


def _told(summary: Summary) -> str:
    return f"accounts: {summary.users:,}, rooms: {summary.rooms:,}, messages: {summary.messages:,}"
