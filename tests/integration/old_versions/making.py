"""Makes the data that is kept of a version: python -m tests.integration.old_versions.making FOLDER, on that version.

It writes a SQLite database, a dump of a PostgreSQL one, a backup, and contents.json, which tells what is in each.
"""

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from adapters.security.argon2 import Argon2PasswordHasher
from adapters.sql.migrations import migrate
from tests.builders import A_PASSWORD, a_chat
from tests.integration.cli.command import parley
from tests.integration.contracts.homes import SqlHome
from tests.integration.old_versions.filling import PEOPLE, fill, sign_in
from tests.integration.old_versions.seen import seen
from tests.integration.servers.postgres import Postgres, a_postgres

KEY: Final = "the key that signs tokens in what is kept"


def main(folder: Path) -> None:
    """Make everything, twice the same."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, a_postgres() as postgres:
        data = Path(temporary) / "data"
        contents = _made(f"sqlite:///{data / 'parley.db'}")
        parley("backup", str(folder / "parley.backup"), "--force", data=data, SECRET_KEY=KEY).check_returncode()
        with closing(sqlite3.connect(data / "parley.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with (data / "parley.db").open("rb") as plain, gzip.GzipFile(folder / "parley.db.gz", "wb", mtime=0) as packed:
            shutil.copyfileobj(plain, packed)
        name = postgres.create_database()
        assert _made(postgres.url(name)) == contents, "both databases hold the same"
        (folder / "parley.sql").write_text(_dump(postgres, name), "utf-8")
    (folder / "contents.json").write_text(json.dumps(contents, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _made(url: str) -> dict[str, Any]:
    migrate(url)
    home = SqlHome(url)
    chat = a_chat(storage=home.open(), broadcaster=home.broadcaster, hasher=Argon2PasswordHasher())
    retries = fill(chat)
    ended, cookies = ({name: sign_in(chat, name) for name in PEOPLE} for _ in range(2))
    for cookie in ended.values():
        chat.sessions.log_out(chat.sessions.identify(cookie=cookie))
    told = {
        "password": A_PASSWORD,
        "cookies": cookies,
        "ended_cookies": ended,
        "retries": retries,
        **seen(chat, cookies),
    }
    home.close()
    return told


def _dump(postgres: Postgres, name: str) -> str:
    command: list[str | Path] = [
        postgres.programs / "pg_dump",
        "--inserts",
        "--no-owner",
        "--no-comments",
        postgres.url(name),
    ]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Commands of psql, which no other client knows, begin with a backslash.
    return "".join(line for line in dump.splitlines(keepends=True) if not line.startswith("\\"))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
