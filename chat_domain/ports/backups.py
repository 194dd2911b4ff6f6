"""Everything that is kept, as a whole: read from a storage as of one moment, kept in a file, put back."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from chat_domain.model.backups import Record
from chat_domain.model.identifiers import Epoch


class Contents(Protocol):
    """Everything that is kept, as of one moment.

    `last_id` is the last number that `next_id` gave, or more; `revision` is the storage's name for the form of what
    it keeps.
    """

    epoch: Epoch
    last_id: int
    revision: str

    @abstractmethod
    def records(self, part: str) -> Iterator[Record]:
        """The records of one of PARTS, in its ORDER, few at a time in memory. Several parts may be read at once."""


class Whole(Protocol):
    """A storage as a whole, apart from the one that serves."""

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
        """Write a file that is whole or not there, readable by its owner alone.

        Raises Conflict if there is a file already, unless told to overwrite it; Unavailable if it cannot be written.
        """

    @abstractmethod
    def open(self, file: Path) -> AbstractContextManager[Backup]:
        """A file that is as it was written: whole, and of nothing but well-formed records. Raises DamagedBackup.

        The records are looked at one by one when they are read; then, too, it is raised.
        """
