"""Reading a backup from a file of unknown origin: bounded memory, and nothing but what is expected."""

import io
import os
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import orjson
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from adapters.archives.layout import DIGEST_LENGTH, KEY, MANIFEST, NO_DIGEST, SEAL, lines_of
from chat_domain.backup.contents import DamagedBackup, Types, require
from chat_domain.backup.formats import Formats
from chat_domain.model.errors import ChatError
from chat_domain.model.identifiers import LARGEST_ID, Epoch
from chat_domain.ports.backups import Backup, Record

_LONGEST_LINE: Final = 256 * 1024
_LONGEST_MANIFEST: Final = 16 * 1024
_LONGEST_KEY: Final = 4 * 1024
_A_CHUNK: Final = 1024 * 1024
_ENCRYPTED: Final = 1
# What zipfile raises over what it cannot make sense of.
_FAILURES: Final = (BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, LookupError, OverflowError)


class _Manifest(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    format: int
    revision: str
    epoch: str
    last_id: NonNegativeInt
    records: dict[str, NonNegativeInt]


class ZipBackup(Backup):
    """An opened file."""

    def __init__(self, archive: ZipFile, formats: Formats) -> None:
        self._archive = archive
        manifest = _manifest(_read(archive, MANIFEST, _LONGEST_MANIFEST), formats)
        self._parts = formats.parts_of(manifest.format)
        _require_known_entries(archive, {lines_of(part) for part in self._parts})
        self.epoch = Epoch(manifest.epoch)
        self.last_id = manifest.last_id
        self.revision = manifest.revision
        self.key = _read(archive, KEY, _LONGEST_KEY) if KEY in archive.namelist() else None
        self._counts = manifest.records
        self._upgraded = formats.upgraded(self._lines, number=manifest.format)

    def records(self, part: str) -> Iterator[Record]:
        return self._upgraded(part)

    def _lines(self, part: str) -> Iterator[Record]:
        """The records as they are in the file, of its own format."""
        fields, count = self._parts[part].fields, 0
        with damage_told(), self._archive.open(lines_of(part)) as entry:
            lines = io.BufferedReader(entry, _A_CHUNK)  # type: ignore[type-var]  # it is as good as a raw stream
            while line := lines.readline(_LONGEST_LINE):
                count += 1
                require(count <= self._counts[part], f"there are more {part} than it says")
                yield _record(line, fields)
        require(count == self._counts[part], f"there are fewer {part} than it says")


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever is wrong with the file is DamagedBackup."""
    try:
        yield
    except ChatError:
        raise
    except _FAILURES as error:
        raise DamagedBackup(f"The backup cannot be read: {error}.") from error


def require_seal(stream: IO[bytes]) -> None:
    """Raise DamagedBackup unless the file is to the last bit as it was written."""
    digest = sha256()
    left = stream.seek(0, os.SEEK_END) - DIGEST_LENGTH
    require(left > len(SEAL), "it is no backup, or cut short")
    stream.seek(0)
    while left and (chunk := stream.read(min(left, _A_CHUNK))):
        digest.update(chunk)
        left -= len(chunk)
    digest.update(NO_DIGEST)
    require(stream.read() == digest.hexdigest().encode(), "it is no backup, or not as it was written")


def _require_known_entries(archive: ZipFile, lines: Collection[str]) -> None:
    names = archive.namelist()
    require(len(set(names)) == len(names), "it has two parts of one name")
    missing = {MANIFEST, *lines} - set(names)
    require(not missing, f"{', '.join(sorted(missing))} is missing")
    for entry in archive.infolist():
        require(entry.filename in (MANIFEST, KEY, *lines), f"it has an unknown part, {entry.filename!r}")
        usual = entry.compress_type == ZIP_DEFLATED and not entry.flag_bits & _ENCRYPTED
        require(usual, f"{entry.filename} is packed in an unknown way")


def _manifest(text: bytes, formats: Formats) -> _Manifest:
    told = orjson.loads(text)
    number = told.get("format") if isinstance(told, dict) else None
    parts = formats.parts_of(number if isinstance(number, int) else 0)
    try:
        manifest = _Manifest.model_validate(told)
    except ValidationError as error:
        raise DamagedBackup(f"The backup is damaged: its {MANIFEST} is not as it should be.") from error
    require(manifest.records.keys() == parts.keys(), f"its {MANIFEST} counts other parts")
    return manifest


def _read(archive: ZipFile, name: str, longest: int) -> bytes:
    with archive.open(name) as entry:
        content = entry.read(longest + 1)
    require(len(content) <= longest, f"its {name} is too long")
    return content


def _record(line: bytes, fields: Mapping[str, Types]) -> Record:
    require(line.endswith(b"\n"), "a record is too long, or cut short")
    record: dict[str, object] = orjson.loads(line)
    require(type(record) is dict and record.keys() == fields.keys(), "a record has other fields than it should")
    for name, kinds in fields.items():
        value = record[name]
        require(type(value) in kinds and _is_storable(value), f"a record's {name} is not as it should be")
    return record


def _is_storable(value: object) -> bool:
    if isinstance(value, int):
        return 0 <= value <= LARGEST_ID
    return not isinstance(value, str) or "\0" not in value
