"""Backups in files: a zip of JSON lines, sealed by a digest over all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

from adapters.archives.reading import ZipBackup, damage_told, require_seal
from adapters.archives.writing import draft, write
from chat_domain.backup.contents import DamagedBackup
from chat_domain.backup.formats import FORMATS, Formats
from chat_domain.ports.backups import Archives, Contents


class ZipArchives(Archives):
    """Files laid out as `adapters.archives.layout` says."""

    def __init__(self, formats: Formats = FORMATS) -> None:
        self._formats = formats

    def write(self, file: Path, contents: Contents, *, key: bytes | None, overwrite: bool) -> None:
        with draft(file, overwrite=overwrite) as stream:
            write(stream, contents, key, self._formats)

    @contextmanager
    def open(self, file: Path) -> Iterator[ZipBackup]:
        if not file.is_file():
            raise DamagedBackup(f"{file} is not a file.")
        with damage_told():
            stream = file.open("rb")
        with stream:
            with damage_told():
                require_seal(stream)
                backup = ZipBackup(ZipFile(stream), self._formats)
            yield backup
