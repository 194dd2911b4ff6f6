"""How a backup lies in its file: a zip that `unzip` can open, with a line of JSON for each record.

`manifest.json` tells the format and how many records there are; `PART.jsonl` holds those of one part; `secret.key` is
the key that signs tokens, where there is one; names below `uploads/` are kept for files, of which this format has none.
The zip's comment is the SEAL and the SHA-256 of all of the file, taken with zeros in its own place.
"""

from typing import Final

MANIFEST: Final = "manifest.json"
KEY: Final = "secret.key"
SEAL: Final = b"Parley backup, SHA-256: "
DIGEST_LENGTH: Final = 64
NO_DIGEST: Final = b"0" * DIGEST_LENGTH


def lines_of(part: str) -> str:
    """The name of the entry with the records of this part."""
    return f"{part}.jsonl"
