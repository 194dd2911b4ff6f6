"""A page of history from a large table, at the repository."""

import random
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

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
_ROWS_AT_ONCE: Final = 250_000  # a statement must be answered within a minute
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


def pages(results: Results, size: Size) -> None:
    """p50 and p99 of reading a page at a random place of a random room, on SQLite and on PostgreSQL."""
    with TemporaryDirectory() as folder:
        found = list(_measured({"PARLEY_DATA_DIR": folder}, size))
    _tell(results, "SQLite", found, goal=0.4)
    with TemporaryDirectory() as folder, a_postgres(durable=True) as postgres:
        found = list(_measured({"PARLEY_DATA_DIR": folder, "DATABASE_URL": postgres.url()}, size))
    _tell(results, "PostgreSQL", found, goal=0.8)


def _tell(results: Results, name: str, found: list[tuple[int, float, float]], *, goal: float) -> None:
    rows, p50, p99 = found[-1]
    of = f"{rows:,} rows in {ROOMS} rooms; p99 {p99:.2f} ms"
    if rows != GOAL_ROWS:
        of += f"; the goal, {goal} ms, is for {GOAL_ROWS:,}"
    figure = Figure(f"history page of {PAGE}, {name}, p50", p50, "ms", goal if rows == GOAL_ROWS else None, of)
    results.add(figure)
    results.grows(
        Growth(f"history page, {name}, p50, by stored messages", "ms", [(rows, p50) for rows, p50, _ in found])
    )


def _measured(settings: dict[str, str], size: Size) -> Iterator[tuple[int, float, float]]:
    seed(environment(settings), rooms_of(1, ROOMS))
    container = Container(settings=load(environment(settings)).settings)
    url = make_url(container.settings().storage_url)
    engine = create_engine(url.set(drivername="postgresql+psycopg2") if url.drivername == "postgresql" else url)
    storage: Storage = container.storage()
    filled = 0
    try:
        for rows in size.rows:
            _fill(engine, filled, rows)
            filled = rows
            times = sorted(_page_times(storage, rows))
            yield rows, times[PAGES // 2], times[PAGES * 99 // 100]
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


def _page_times(storage: Storage, rows: int) -> Iterator[float]:
    """Milliseconds, after some that warm up statements and connections."""
    chance = random.Random(rows)
    last = FIRST_SEQ + rows // ROOMS
    for number in range(-100, PAGES):
        room = RoomId(FIRST_ROOM + chance.randrange(ROOMS))
        end = Seq(chance.randrange(FIRST_SEQ + PAGE, last + 1))
        begin = time.perf_counter()
        with storage.snapshot() as seen:
            page = seen.messages.before(room, end, limit=PAGE)
        took = (time.perf_counter() - begin) * 1000
        assert len(page) == PAGE
        if number >= 0:
            yield took
