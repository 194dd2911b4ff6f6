"""The key that signs tokens: the setting, or one that is made on the first start and kept in the data folder."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from entrypoints.settings import SHORTEST_SECRET_KEY, BadSettings, Settings

FILE_NAME: Final = "secret.key"


def signing_key(settings: Settings) -> bytes:
    """The key, at least 32 bytes; raises BadSettings where it can be neither read nor made."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    path = settings.data_dir / FILE_NAME
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise BadSettings(f"The data folder {settings.data_dir} cannot be used: {error}.") from None
    if len(key) < SHORTEST_SECRET_KEY:
        raise BadSettings(f"The key in {path} must have at least {SHORTEST_SECRET_KEY} bytes.")
    return key


def kept_key(settings: Settings) -> bytes | None:
    """The key, if there is one yet; raises BadSettings where it cannot be read."""
    return signing_key(settings) if settings.secret_key or (settings.data_dir / FILE_NAME).exists() else None


@contextmanager
def replaced_key(settings: Settings, key: bytes | None) -> Iterator[None]:
    """Write this key aside, and have it take the place of the one in the data folder when all within was done.

    Where there is none, or the setting says another, nothing is replaced. Raises BadSettings where it cannot be.
    """
    if key is None or settings.secret_key:
        yield
        return
    draft = settings.data_dir / f".{FILE_NAME}-restored"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadSettings(f"The data folder {settings.data_dir} cannot be used: {error}.") from None
    try:
        yield
        draft.replace(settings.data_dir / FILE_NAME)
    finally:
        draft.unlink(missing_ok=True)


def _make(path: Path) -> None:
    """Write a key aside, for the owner alone, and then give it its name: two processes may start at once."""
    with NamedTemporaryFile(dir=path.parent, prefix=".secret-") as draft:
        draft.write(secrets.token_hex(32).encode())
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)
