"""Backups as somebody would make them who knows the format and means no good."""

import warnings
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from adapters.archives import ZipArchives
from adapters.archives.layout import DIGEST_LENGTH, NO_DIGEST, SEAL
from chat_domain.backup.validation import validate
from tests.unit.backup.contents import GivenContents, some_parts

KEY = b"k" * 32


def write_backup(file: Path) -> Path:
    """A small good one."""
    ZipArchives().write(file, GivenContents(some_parts()), key=KEY, overwrite=True)
    return file


def look_at(file: Path) -> None:
    """Read all of it, as `parley verify` does."""
    with ZipArchives().open(file) as backup:
        validate(backup)


def entries_of(file: Path) -> dict[str, bytes]:
    """What lies in it."""
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(file: Path, entries: Iterable[tuple[str, bytes]], *, packed: int = ZIP_DEFLATED) -> None:
    """Put these into a zip with a good seal."""
    with warnings.catch_warnings(), ZipFile(file, "w", packed) as archive:
        warnings.simplefilter("ignore")  # two entries of one name are what it warns of
        archive.comment = SEAL + NO_DIGEST
        for name, content in entries:
            archive.writestr(name, content)
    seal(file)


def seal(file: Path) -> None:
    """Give the file the digest that belongs to what it is now."""
    content = file.read_bytes()[:-DIGEST_LENGTH]
    file.write_bytes(content + sha256(content + NO_DIGEST).hexdigest().encode())


def rewrite(file: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change one of the entries, and seal it again."""
    entries = entries_of(file)
    entries[name] = change(entries[name])
    pack(file, entries.items())
