"""Writing a backup to a file that is complete or not there."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from adapters.archives.layout import DIGEST_LENGTH, KEY, MANIFEST, NO_DIGEST, SEAL, lines_of
from chat_domain.backup.formats import Formats
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.ports.backups import Contents, Record

_AT_A_TIME: Final = 500
_LEVEL: Final = 3
"""Of zlib's nine: the next ones take twice the time and save a tenth."""


@contextmanager
def draft(file: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file aside, for the owner alone, which gets its name once it is written and on the disk."""
    if file.exists() and not overwrite:
        raise Conflict(f"{file} is there already; say --force to replace it.")
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".parley-backup-")
        try:
            with open(descriptor, "w+b") as stream:
                yield stream
                stream.flush()
                os.fsync(descriptor)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink()
            raise
        _sync(file.parent)
    except OSError as error:
        raise Unavailable(f"The backup cannot be written: {error}.") from error


def write(stream: IO[bytes], contents: Contents, key: bytes | None, formats: Formats) -> None:
    """Write the contents in the newest format, and seal them."""
    hashing = _Hashing(stream)
    with ZipFile(hashing, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.comment = SEAL + NO_DIGEST
        counts = {part: _write_lines(archive, lines_of(part), contents.records(part)) for part in formats.parts}
        if key is not None:
            _write_one(archive, KEY, key)
        manifest = {
            "format": formats.newest,
            "revision": contents.revision,
            "epoch": contents.epoch,
            "last_id": contents.last_id,
            "records": counts,
        }
        _write_one(archive, MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    stream.seek(-DIGEST_LENGTH, os.SEEK_END)
    stream.write(hashing.digest())


def _write_lines(archive: ZipFile, name: str, records: Iterable[Record]) -> int:
    count, source = 0, iter(records)
    with archive.open(_entry(name), "w", force_zip64=True) as lines:
        while some := list(islice(source, _AT_A_TIME)):
            lines.write(b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in some))
            count += len(some)
    return count


def _write_one(archive: ZipFile, name: str, content: bytes) -> None:
    archive.writestr(_entry(name), content)


def _entry(name: str) -> ZipInfo:
    """Without a time, which a zip cannot tell for a clock before 1980; for the owner alone where it is unpacked."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Hashing:
    """Hashes what passes. A zip is written straight on to whatever has no `tell`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = sha256()

    def write(self, data: bytes) -> int:
        """Pass it on."""
        self._hash.update(data)
        return self._stream.write(data)

    def flush(self) -> None:
        """Pass it on, too."""
        self._stream.flush()

    def close(self) -> None:
        """Leave the file open: its opener closes it."""

    def digest(self) -> bytes:
        """Of all that passed."""
        return self._hash.hexdigest().encode()
