"""`python -m tests.integration.sockets.walking FOLDER`: which functions of the program a message goes through.

A server on SQLite in this process, a client that sends one message and gets it back; each function that was called
meanwhile is told on a line, `file:function`, in the order of the first calls.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - what is imported before it would not be patched
from pathlib import Path  # noqa: E402
from types import FrameType, SimpleNamespace  # noqa: E402
from typing import Final  # noqa: E402

from chat_domain.model.rights import ServerRole  # noqa: E402
from chat_domain.model.rooms import RoomKind  # noqa: E402
from chat_domain.model.values import DisplayName, Password, RoomDescription, RoomName, Username  # noqa: E402
from entrypoints.container import Container  # noqa: E402
from entrypoints.listening import listen  # noqa: E402
from entrypoints.serving.parley import serving  # noqa: E402
from entrypoints.serving.server import Server  # noqa: E402
from entrypoints.settings import load  # noqa: E402
from tests.builders import A_DEVICE, A_PASSWORD  # noqa: E402
from tests.integration.sockets.raw import RawWebSocket  # noqa: E402

HOUSE: Final = f"{Path(__file__).parents[3]}/"
PROGRAM: Final = tuple(f"{HOUSE}{package}/" for package in ("adapters", "chat_domain", "entrypoints"))


class Steps:
    """Notes the functions of the program that are called while `on`."""

    def __init__(self) -> None:
        self.on = False
        self.found: dict[str, None] = {}

    def __call__(self, frame: FrameType, what: str, _: object) -> None:
        code = frame.f_code
        if self.on and what == "call" and code.co_filename.startswith(PROGRAM):
            self.found[f"{code.co_filename.removeprefix(HOUSE)}:{code.co_qualname}"] = None


def main(folder: str) -> None:
    """Serve, send a message, and tell."""
    steps = Steps()
    sys.setprofile(steps)  # before there are greenlets, so that it holds in each of them
    settings = load({"PARLEY_DATA_DIR": folder}).settings
    container = Container(settings=settings)
    container.migrate()
    services = container.services()
    user = services.accounts.create(
        username=Username("ann"),
        password=Password(A_PASSWORD),
        email=None,
        name=DisplayName(""),
        role=ServerRole.MEMBER,
    )
    room = services.rooms.create(user.id, name=RoomName("a"), description=RoomDescription(), kind=RoomKind.PUBLIC)
    listener = listen("127.0.0.1", 0)
    served = serving(container, settings)
    server = Server(listener, served.application)
    server.start()
    client = RawWebSocket(SimpleNamespace(port=listener.getsockname()[1]))
    client.read()
    token = services.sessions.log_in("ann", A_PASSWORD, device=A_DEVICE)[1].access
    client.send(f'40{{"token":"{token}"}}')
    client.read()
    steps.on = True
    client.send(f'42["send_message",{{"room_id":{room.room.id},"message":"hello","client_id":"1"}}]')
    while b"receive_message" not in client.read().payload:
        pass
    steps.on = False
    sys.stdout.writelines(f"{step}\n" for step in steps.found)
    server.stop(timeout=0)
    served.close()


main(sys.argv[1])
