"""Backups: everything that a storage keeps as of one moment, the files it is written to, and putting it back."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from chat_domain.model.identifiers import Epoch

Record = Mapping[str, Any]
"""Numbers, text and None, by the names of the fields."""


class Contents(Protocol):
    """Everything that is kept, as of one moment.

    `last_id` is the last number that `next_id` gave, or more; `revision` is the storage's name for its schema.
    """

    epoch: Epoch
    last_id: int
    revision: str

    @abstractmethod
    def records(self, part: str) -> Iterator[Record]:
        """The records of one part, ascending by its key, few at a time in memory. Several parts may be read at once."""


class BackupStorage(Protocol):
    """All that a storage keeps, read and replaced; apart from the Storage that serves."""

    @abstractmethod
    def contents(self) -> AbstractContextManager[Contents]:
        """What is kept now, while others go on reading and writing; raises Unavailable."""

    @abstractmethod
    def replace(self, contents: Contents, *, overwrite: bool) -> None:
        """Keep these contents, in a new epoch, with ids far beyond any that were given; all of it or nothing.

        Raises Conflict if a server has the storage, or if something is kept already, unless told to overwrite it;
        DamagedBackup if the contents contradict themselves; Unavailable, also where the storage is of a newer version
        than this one.
        """


class Backup(Contents, Protocol):
    """A file with contents, and the key that signs tokens if there was one."""

    key: bytes | None


class Archives(Protocol):
    """Files that hold backups."""

    @abstractmethod
    def write(self, file: Path, contents: Contents, *, key: bytes | None, overwrite: bool) -> None:
        """Write a file in the newest format, complete or not at all, readable by its owner alone.

        Raises Conflict if there is a file already, unless told to overwrite it; Unavailable if it cannot be written.
        """

    @abstractmethod
    def open(self, file: Path) -> AbstractContextManager[Backup]:
        """A file that is as it was written: complete, and of nothing but well-formed records.

        Whatever its format, its records are of the newest. Raises DamagedBackup, also for a format of a newer version
        than this one. The records are checked one by one when they are read; then, too, it is raised.
        """
