"""The key that signs tokens: the setting, or one that is made on the first start and kept in the data folder."""

import os
import secrets
from pathlib import Path
from typing import Final

from entrypoints.settings import BadSettings, Settings

FILE_NAME: Final = "secret.key"


def signing_key(settings: Settings) -> bytes:
    """The key, at least 32 bytes; raises BadSettings where it can be neither read nor made."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    path = settings.data_dir / FILE_NAME
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _made(path) or path.read_bytes().strip()
    except OSError as error:
        raise BadSettings(f"The data folder {settings.data_dir} cannot be used: {error}.") from None


def _made(path: Path) -> bytes | None:
    """A new key, or None where there is one. Written aside first: two processes may start at once."""
    if path.exists():
        return None
    key = secrets.token_hex(32).encode()
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(descriptor)
    try:
        os.link(draft, path)
    except FileExistsError:
        return None
    finally:
        draft.unlink()
    return key
