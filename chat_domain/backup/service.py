"""Writing, verifying and restoring backups."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from chat_domain.backup.contents import Summary
from chat_domain.backup.validation import validate
from chat_domain.ports.backups import Archives, BackupStorage


class BackupService:
    """Writes, verifies and restores backups."""

    def __init__(self, *, storage: BackupStorage, archives: Archives) -> None:
        self._storage = storage
        self._archives = archives

    def back_up(self, file: Path, *, key: bytes | None, overwrite: bool = False) -> None:
        """Write everything as of now to the file, with the key that signs tokens; others go on meanwhile."""
        with self._storage.contents() as contents:
            self._archives.write(file, contents, key=key, overwrite=overwrite)

    def verify(self, file: Path) -> Summary:
        """Read all of the file; raises DamagedBackup."""
        with self._archives.open(file) as backup:
            return validate(backup)

    def restore(
        self,
        file: Path,
        *,
        keep_key: Callable[[bytes | None], AbstractContextManager[None]],
        overwrite: bool = False,
    ) -> Summary:
        """Put everything back, all of it or nothing, in a new epoch.

        `keep_key` is entered with the backup's key before anything is changed, and left once everything is.
        """
        with self._archives.open(file) as backup:
            summary = validate(backup)
            with keep_key(backup.key):
                self._storage.replace(backup, overwrite=overwrite)
            return summary
