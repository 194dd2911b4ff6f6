"""A page of history from a large table, at the repository."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from adapters.sql.postgresql.connections import patiently
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.storage import Storage
from entrypoints.container import Container
from entrypoints.settings import load
from tests.benchmarks.figures import Figure, Growth, Results
from tests.benchmarks.seeding import FIRST_ROOM, rooms_of, seed
from tests.benchmarks.size import Size
from tests.integration.servers.parley import environment
from tests.integration.servers.postgres import a_postgres

PAGE, ROOMS, PAGES = 50, 100, 2000
GOAL_ROWS: Final = 5_000_000
_ROWS_AT_ONCE: Final = 250_000  # a statement must be answered within a minute, however patient one is
FIRST_SEQ: Final = 10
_COUNTED: Final = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :high)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(CAST(:low AS bigint), :high - 1))",
}
_FILL: Final = f"""
INSERT INTO messages (room_id, seq, id, sender_id, body, created_at, fingerprint)
{{counted}}
SELECT {FIRST_ROOM} + i % {ROOMS}, {FIRST_SEQ} + i / {ROOMS}, 1000000 + i, 1 + i % {ROOMS},
  'message ' || i || ': the quick brown fox jumps over the lazy dog', 1700000000000 + i, '' FROM n"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Pages:
    """Milliseconds that a page took at the repository when so many messages were stored, and with its snapshot."""

    rows: int
    p50: float
    p99: float
    with_snapshot: float


def pages(results: Results, size: Size) -> None:
    """p50 and p99 of a page at a random place of a random room at the repository, on SQLite and on PostgreSQL."""
    with TemporaryDirectory() as folder:
        found = list(_measured({"PARLEY_DATA_DIR": folder}, size))
    _tell(results, "SQLite", found, goal=0.4)
    with TemporaryDirectory() as folder, a_postgres(durable=True) as postgres:
        found = list(_measured({"PARLEY_DATA_DIR": folder, "DATABASE_URL": postgres.url()}, size))
    _tell(results, "PostgreSQL", found, goal=0.8)


def _tell(results: Results, name: str, found: list[Pages], *, goal: float) -> None:
    last = found[-1]
    of = f"{last.rows:,} rows in {ROOMS} rooms; p99 {last.p99:.2f} ms; with its snapshot {last.with_snapshot:.2f} ms"
    if last.rows != GOAL_ROWS:
        of += f"; the goal, {goal} ms, is for {GOAL_ROWS:,}"
    aim = goal if last.rows == GOAL_ROWS else None
    results.add(Figure(f"history page of {PAGE}, {name}, p50", last.p50, "ms", aim, of))
    results.grows(
        Growth(f"history page, {name}, p50, by stored messages", "ms", [(each.rows, each.p50) for each in found])
    )


def _measured(settings: dict[str, str], size: Size) -> Iterator[Pages]:
    seed(environment(settings), rooms_of(1, ROOMS))
    container = Container(settings=load(environment(settings)).settings)
    url = make_url(container.settings().storage_url)
    engine = create_engine(url.set(drivername="postgresql+psycopg2") if url.drivername == "postgresql" else url)
    storage: Storage = container.storage()
    filled = 0
    try:
        for rows in size.rows:
            patiently(partial(_fill, engine, filled, rows))
            filled = rows
            page, whole = (sorted(times) for times in zip(*_page_times(storage, rows), strict=True))
            yield Pages(rows, page[PAGES // 2], page[PAGES * 99 // 100], whole[PAGES // 2])
    finally:
        storage.close()
        engine.dispose()


def _fill(engine: Engine, low: int, high: int) -> None:
    counted = _COUNTED[engine.dialect.name]
    for begin in range(low, high, _ROWS_AT_ONCE):
        with engine.begin() as connection:
            end = min(begin + _ROWS_AT_ONCE, high)
            connection.execute(text(_FILL.format(counted=counted)), {"low": begin, "high": end})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text("VACUUM ANALYZE messages" if engine.dialect.name == "postgresql" else "PRAGMA optimize")
        )


def _page_times(storage: Storage, rows: int) -> Iterator[tuple[float, float]]:
    """Milliseconds at the repository and with the snapshot, after some that warm up statements and connections."""
    chance = random.Random(rows)
    last = FIRST_SEQ + rows // ROOMS
    for number in range(-100, PAGES):
        room = RoomId(FIRST_ROOM + chance.randrange(ROOMS))
        end = Seq(chance.randrange(FIRST_SEQ + PAGE, last + 1))
        before = time.perf_counter()
        with storage.snapshot() as seen:
            asked = time.perf_counter()
            page = seen.messages.before(room, end, limit=PAGE)
            answered = time.perf_counter()
        after = time.perf_counter()
        assert len(page) == PAGE
        if number >= 0:
            yield (answered - asked) * 1000, (after - before) * 1000
