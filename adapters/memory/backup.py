"""What is in memory ends with its process, and no other process can copy it."""

from contextlib import AbstractContextManager
from typing import NoReturn

from chat_domain.model.errors import Conflict
from chat_domain.ports.backups import BackupStorage, Contents


class MemoryBackupStorage(BackupStorage):
    """Refuses."""

    def contents(self) -> AbstractContextManager[Contents]:
        self._refuse()

    def replace(self, contents: Contents, *, overwrite: bool) -> None:  # noqa: ARG002 - whatever they are
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Conflict("memory:// keeps nothing for a backup to be made of or restored to; set DATABASE_URL.")
