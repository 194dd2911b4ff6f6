"""Whatever happened to a backup, or whoever made it: it is told in a sentence, in little memory, before it is used."""

import json
import re
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED

import pytest

from adapters.archives import ZipArchives
from adapters.archives.layout import KEY, MANIFEST, SEAL
from chat_domain.backup.contents import PARTS, DamagedBackup
from chat_domain.backup.formats import FORMATS
from tests.integration.archives.forging import entries_of, look_at, pack, rewrite, seal, write_backup
from tests.unit.backup.contents import some_parts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_backup(tmp_path / "parley.backup")


def test_a_good_backup_is_valid_also_when_somebody_packed_it_again(file: Path) -> None:
    look_at(file)
    pack(file, entries_of(file).items())
    look_at(file)


def test_any_flipped_bit_is_noticed(file: Path) -> None:
    good = file.read_bytes()
    for place in range(len(good)):
        bad = bytearray(good)
        bad[place] ^= 1 << place % 8
        file.write_bytes(bad)
        with pytest.raises(DamagedBackup):
            look_at(file)


def test_a_file_that_is_cut_short_or_too_long_is_noticed(file: Path) -> None:
    good = file.read_bytes()
    for content in (*(good[:length] for length in range(len(good))), good + b"\0", b"\0" + good, good + good):
        file.write_bytes(content)
        with pytest.raises(DamagedBackup):
            look_at(file)


def test_what_was_never_a_backup_is_told(file: Path) -> None:
    for content in (b"", b"PK\x05\x06" + bytes(18), b"x" * 1_000, bytes(10_000), SEAL + b"0" * 64):
        for sealed in (False, True):
            file.write_bytes(content)
            if sealed:
                seal(file)
            with pytest.raises(DamagedBackup):
                look_at(file)


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", Path("/dev/zero")):
        with pytest.raises(DamagedBackup, match="is not a file"):
            look_at(path)


@pytest.mark.parametrize("name", [MANIFEST, "events.jsonl", "users.jsonl"])
def test_a_missing_part_is_told(file: Path, name: str) -> None:
    entries = entries_of(file)
    del entries[name]
    pack(file, entries.items())
    with pytest.raises(DamagedBackup, match=re.escape(name)):
        look_at(file)


@pytest.mark.parametrize(
    "name",
    ["../../evil", "/etc/passwd", "users.jsonl/../x", "C:\\evil", "uploads/../secret.key", "more.jsonl", "a\nb"],
)
def test_a_part_of_another_name_is_refused_wherever_it_would_lead(file: Path, name: str) -> None:
    pack(file, [*entries_of(file).items(), (name, b"evil")])
    with pytest.raises(DamagedBackup, match="unknown part"):
        look_at(file)


@pytest.mark.parametrize("name", [MANIFEST, KEY, "users.jsonl"])
def test_two_parts_of_one_name_are_refused(file: Path, name: str) -> None:
    entries = entries_of(file)
    pack(file, [*entries.items(), (name, entries[name])])
    with pytest.raises(DamagedBackup, match="two parts of one name"):
        look_at(file)


@pytest.mark.parametrize("packed", [ZIP_STORED, ZIP_BZIP2, ZIP_LZMA])
def test_parts_that_are_packed_in_another_way_are_refused(file: Path, packed: int) -> None:
    pack(file, entries_of(file).items(), packed=packed)
    with pytest.raises(DamagedBackup, match="packed in an unknown way"):
        look_at(file)


def test_lying_sizes_in_the_directory_of_the_zip_are_told_or_harmless(file: Path) -> None:
    pack(file, entries_of(file).items())
    good, users = file.read_bytes(), some_parts()["users"]
    (directory,) = struct.unpack_from("<I", good, good.rindex(b"PK\x05\x06") + 16)
    told = set()
    for field, place in {"checksum": 16, "packed size": 20, "size": 24, "place": 42}.items():
        for value in (1, 2**31, 2**32 - 2):
            bad = bytearray(good)
            struct.pack_into("<I", bad, directory + place, value)
            file.write_bytes(bad)
            seal(file)
            try:
                with ZipArchives().open(file) as backup:
                    assert list(backup.records("users")) == users
            except DamagedBackup:
                told.add((field, value))
    # Where sizes are too large, no memory is set aside for what does not come, and what comes is checked. Some versions
    # of Python tell a packed size that is too large, and some take what there is.
    assert told - {("packed size", 2**31), ("packed size", 2**32 - 2)} == {
        *((field, value) for field in ("checksum", "place") for value in (1, 2**31, 2**32 - 2)),
        ("packed size", 1),
        ("size", 1),
    }


def manifest(**changes: Any) -> Callable[[bytes], bytes]:
    return lambda text: json.dumps({**json.loads(text), **changes}).encode()


COUNTS = dict.fromkeys(PARTS, 0)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (manifest(format=FORMATS.newest + 1), "newer version"),
        (manifest(format=FORMATS.newest + 1, records="many", more=1), "newer version"),
        (manifest(format=0), "no known format"),
        (manifest(format="1"), "no known format"),
        (manifest(records=COUNTS), "there are more users"),
        (manifest(records={**COUNTS, "users": 3}), "there are fewer users"),
        (manifest(records={**COUNTS, "more": 3}), "counts other parts"),
        (manifest(records={}), "counts other parts"),
        (manifest(records={**COUNTS, "users": -1}), "not as it should be"),
        (manifest(records={**COUNTS, "users": "2"}), "not as it should be"),
        (manifest(last_id="x"), "not as it should be"),
        (manifest(last_id=-1), "not as it should be"),
        (manifest(last_id=2**63), "counter"),
        (manifest(epoch=None), "not as it should be"),
        (manifest(more=1), "not as it should be"),
        (lambda text: text[:-1], "cannot be read"),
        (lambda _: b"[]", "no known format"),
        (lambda _: b"1", "no known format"),
        (lambda _: b"\xff\xfe", "cannot be read"),
        (lambda _: b"[" * 10_000, "cannot be read"),
        (lambda text: text + b" " * 100_000, "too long"),
    ],
)
def test_a_manifest_that_is_not_as_it_should_be_is_told(
    file: Path, change: Callable[[bytes], bytes], what: str
) -> None:
    rewrite(file, MANIFEST, change)
    with pytest.raises(DamagedBackup, match=what):
        look_at(file)


def first(**changes: Any) -> Callable[[bytes], bytes]:
    """The first line with other fields; None takes one away."""

    def change(text: bytes) -> bytes:
        line, _, rest = text.partition(b"\n")
        record = {name: value for name, value in {**json.loads(line), **changes}.items() if value != "GONE"}
        return json.dumps(record).encode() + b"\n" + rest

    return change


@pytest.mark.parametrize(
    "change",
    [
        first(id="1"),
        first(id=None),
        first(id=1.0),
        first(id=True),
        first(id=-1),
        first(id=2**53),
        first(id=2**64),
        first(id=[1]),
        first(username=None),
        first(username=7),
        first(username={"a": "b"}),
        first(username="a\0b"),
        first(username="\ud800"),
        first(email=5),
        first(username="GONE"),
        first(more=1),
        lambda text: text[:-1],
        lambda text: text + b"\n",
        lambda text: b"\n" + text,
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.replace(b"ann", b"\xff\xfe"),
        lambda text: b"[]\n" + text,
        lambda text: b"[" * 100_000 + b"\n" + text,
        lambda text: b"NaN\n" + text,
    ],
)
def test_a_record_that_is_not_as_it_should_be_is_told(file: Path, change: Callable[[bytes], bytes]) -> None:
    rewrite(file, "users.jsonl", change)
    with pytest.raises(DamagedBackup, match=r"damaged|cannot be read"):
        look_at(file)


@pytest.mark.parametrize(
    ("name", "bomb"),
    [
        ("messages.jsonl", bytes(100_000_000)),
        ("messages.jsonl", b'{"body":"' + b"x" * 100_000_000),
        ("messages.jsonl", b"\n" * 100_000_000),
        (MANIFEST, b" " * 100_000_000),
        (KEY, bytes(100_000_000)),
    ],
    ids=["zeros", "one long line", "empty lines", "a manifest", "a key"],
)
def test_a_bomb_is_refused_in_little_memory(file: Path, name: str, bomb: bytes) -> None:
    rewrite(file, name, lambda _: bomb)
    assert file.stat().st_size < 500_000
    tracemalloc.start()
    try:
        with pytest.raises(DamagedBackup):
            look_at(file)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_file_is_not_opened_for_whoever_asks_only_for_its_key_when_it_is_damaged(file: Path) -> None:
    rewrite(file, MANIFEST, manifest(last_id="x"))
    with pytest.raises(DamagedBackup), ZipArchives().open(file):
        pytest.fail("it was opened")
