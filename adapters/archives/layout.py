"""How a backup lies in its file: a zip that `unzip` can open, with a line of JSON for each record.

`manifest.json` tells the format and how many records there are; `PART.jsonl` holds those of one part; `secret.key` is
the key that signs tokens, where there is one; names below `uploads/` are kept for files, of which this format has none.
The zip's comment is the SEAL and the SHA-256 of the whole file, taken with zeros in its own place.
"""

from typing import Final

from chat_domain.model.backups import PARTS

MANIFEST: Final = "manifest.json"
KEY: Final = "secret.key"
LINES: Final = {part: f"{part}.jsonl" for part in PARTS}
SEAL: Final = b"Parley backup, SHA-256: "
DIGEST_LENGTH: Final = 64
NO_DIGEST: Final = b"0" * DIGEST_LENGTH
