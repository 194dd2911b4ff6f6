"""`parley`: the commands. A bad setting is one sentence and exit code 2, before anything is opened."""

import os
import sys
from typing import NoReturn

import click

from chat_domain.model.errors import ChatError
from entrypoints.cli import backups
from entrypoints.settings import BadSettings, Configuration, Settings, load


class Commands(click.Group):
    """Ends with one sentence where a command cannot do what it should: exit code 2 for settings, 1 for the rest."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BadSettings as error:
            _refuse(error, code=2)
        except ChatError as error:
            _refuse(error, code=1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="parley-chat", prog_name="parley")
@click.pass_context
def main(context: click.Context) -> None:
    """A self-hosted chat server. Settings come from the environment and from parley.toml in the data folder."""
    if context.resilient_parsing or "--help" in sys.argv or "-h" in sys.argv:
        return
    context.obj = load(os.environ)


@main.command()
@click.option("--workers", metavar="N", help="How many processes share the port; PARLEY_WORKERS unless given.")
@click.pass_obj
def serve(configuration: Configuration, workers: str | None) -> None:
    """Migrate the storage, and serve until told to stop."""
    if workers is not None:
        configuration = load({**os.environ, "PARLEY_WORKERS": workers})
    if configuration.settings.workers > 1:
        from entrypoints.workers.run import supervise  # noqa: PLC0415

        sys.exit(supervise(configuration.settings))
    _serve(configuration.settings)


@main.command(hidden=True)
@click.argument("listener", type=int)
@click.argument("heartbeat", type=int)
@click.pass_obj
def worker(configuration: Configuration, listener: int, heartbeat: int) -> None:
    """Serve as one of several; the numbers are file descriptors, which the supervisor hands down."""
    _serve(configuration.settings, listener, heartbeat)


def _serve(settings: Settings, *as_worker: int) -> None:
    _leave_out("requests", "rich", "valkey", "yaml", *(() if settings.redis_url else ("redis",)))
    # Before anything else is imported, so that every lock and socket of every library becomes cooperative.
    from gevent import monkey  # noqa: PLC0415

    monkey.patch_all()
    from entrypoints.serving import run, run_worker  # noqa: PLC0415

    if as_worker:
        run_worker(settings, *as_worker)
    else:
        run(settings)


@main.command()
@click.pass_obj
def migrate(configuration: Configuration) -> None:
    """Bring the storage up to date; `serve` does it too."""
    from entrypoints.container import Container  # noqa: PLC0415

    container = Container(settings=configuration.settings)
    container.migrate()
    click.echo("The storage is up to date.")


@main.command()
@click.option("--username", prompt=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--email", default=None)
@click.pass_obj
def create_admin(configuration: Configuration, username: str, password: str, email: str | None) -> None:
    """Make an account that runs the server."""
    from chat_domain.model.rights import ServerRole  # noqa: PLC0415
    from chat_domain.model.values import DisplayName, Email, Password, Username  # noqa: PLC0415
    from entrypoints.container import Container  # noqa: PLC0415

    container = Container(settings=configuration.settings)
    container.migrate()
    user = container.services().accounts.create(
        username=Username(username),
        password=Password(password),
        email=Email(email) if email else None,
        name=DisplayName(""),
        role=ServerRole.ADMINISTRATOR,
    )
    click.echo(f"{user.username} is an administrator now.")


@main.command()
@click.pass_obj
def invite(configuration: Configuration) -> None:
    """Print an invitation to register, for PARLEY_REGISTRATION=invite; it holds for seven days."""
    from entrypoints.container import Container  # noqa: PLC0415

    code = Container(settings=configuration.settings).services().accounts.invite()
    settings = configuration.settings
    click.echo(f"{settings.address(settings.port)}/register?invite={code}")


main.add_command(backups.backup)
main.add_command(backups.verify)
main.add_command(backups.restore)


@main.command()
@click.pass_obj
def config(configuration: Configuration) -> None:
    """Print every setting and where it came from; secrets stay hidden."""
    for line in configuration.lines():
        click.echo(line)


@main.command()
def openapi() -> None:
    """Print the OpenAPI description, which a server tells at /api/openapi.json too."""
    from entrypoints.container import Container  # noqa: PLC0415
    from entrypoints.http.app import create_app  # noqa: PLC0415

    # What is described depends on no setting, and describing it opens no storage.
    parts = Container(settings=load({"DATABASE_URL": "memory://", "PARLEY_RATE_LIMITS": "off"}).settings)
    app = create_app(parts.services(), parts.views(), parts.trust())
    click.echo(app.json.dumps(app.api_doc))


def _leave_out(*names: str) -> None:
    """Let no library import these because they happen to be there: it takes 20 MB and half a second for nothing."""
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]  # Python's own sign for "cannot be imported"


def _refuse(error: Exception, *, code: int) -> NoReturn:
    sentence = " ".join(str(error).split())  # what a database says may be of several lines
    click.echo(f"parley: {sentence}" + ("" if sentence.endswith((".", "?")) else "."), err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
