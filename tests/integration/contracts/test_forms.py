"""What statements become in a batch, PostgreSQL takes, and it does what each of them would have done alone."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from sqlalchemy import ClauseElement, Integer, String, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.sql.postgresql.connections import Pool
from adapters.sql.postgresql.database import PostgresDatabase
from adapters.sql.postgresql.forms import BatchStatements, Form
from adapters.sql.postgresql.rounds import Call, Rounds
from adapters.sql.postgresql.together import changes_of_many, question_of_many
from adapters.sql.repositories import Repositories
from adapters.sql.statements import one_by_one
from adapters.sql.tables import memberships, mentions
from chat_domain.model.identifiers import RoomId, UserId
from tests.builders import Chat
from tests.integration.contracts.homes import SqlHome

_THIS = (memberships.c.room_id == bindparam("room"), memberships.c.user_id == bindparam("user"))
ROLE = select(memberships.c.role).where(*_THIS)
ROLE_TO_CHANGE = ROLE.with_for_update()
SAVE = update(memberships).where(*_THIS, memberships.c.read_seq < bindparam("below")).values(
    role=bindparam("new_role"), read_seq=memberships.c.read_seq + bindparam("more")
)  # fmt: skip
REMOVE = delete(memberships).where(*_THIS)
MENTION = insert(mentions)
MENTION_ALL = insert(mentions).from_select(
    ["room_id", "user_id", "seq"],
    select(memberships.c.room_id, memberships.c.user_id, bindparam("seq", type_=Integer()))
    .where(memberships.c.room_id == bindparam("room")),
)  # fmt: skip
_JOIN = insert_or(memberships)
JOIN_OR_READ = one_by_one(
    _JOIN.on_conflict_do_update(
        index_elements=["room_id", "user_id"], set_={"read_seq": _JOIN.excluded.read_seq + bindparam("more")}
    )
)
MINE = [ROLE, ROLE_TO_CHANGE, SAVE, REMOVE, MENTION, MENTION_ALL, JOIN_OR_READ]
ALL_MEMBERS = "SELECT room_id, user_id, role, read_seq FROM memberships ORDER BY room_id, user_id"
ALL_MENTIONS = "SELECT room_id, user_id, seq FROM mentions ORDER BY room_id, user_id, seq"


class Stage:
    """Three rooms with the same two people, and transactions for batches."""

    def __init__(self, home: SqlHome) -> None:
        self.url = home.url
        self.chat: Chat = home.chat()
        self.ann, self.bea = self.chat.register("ann"), self.chat.register("bea")
        self.rooms = [self.chat.open_room(self.ann, self.bea) for _ in range(3)]
        self.pool = Pool(home.url, 5, autocommit=True)
        self.statements = BatchStatements(self.pool.engine.dialect, [(f"MINE[{n}]", one) for n, one in enumerate(MINE)])

    def rounds(self) -> Rounds:
        return Rounds(self.pool.connect(), self.statements)

    def change(self, *sets: dict[str, Any], by: ClauseElement) -> None:
        """One change of each of as many units."""
        with self.rounds() as rounds:
            assert rounds.settle([[(by, one)] for one in sets], commit=True) == [[]] * len(sets)

    def ask(self, question: ClauseElement, *sets: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
        with self.rounds() as rounds:
            return rounds.ask([Call(question, one, all_rows=False) for one in sets])

    def look(self, query: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.url)
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            found = cursor.fetchall()
        connection.close()
        return found


@pytest.fixture
def stage(postgresql_home: SqlHome) -> Iterator[Stage]:
    found = Stage(postgresql_home)
    yield found
    found.pool.engine.dispose()


def this(room: RoomId, user: UserId, **more: object) -> dict[str, Any]:
    return {"room": room, "user": user, **more}


def test_a_question_is_answered_to_each_who_asked(stage: Stage) -> None:
    first, second, _ = stage.rooms
    asked = this(second, stage.bea), this(first, UserId(99)), this(first, stage.ann)
    for question in (ROLE, ROLE_TO_CHANGE):
        assert stage.ask(question, *asked) == [[("member",)], [], [("owner",)]]
        assert [stage.ask(question, one)[0] for one in asked] == [[("member",)], [], [("owner",)]]


def test_what_somebody_else_has_locked_is_passed_over(stage: Stage) -> None:
    first, second, _ = stage.rooms
    asked = this(first, stage.ann), this(second, stage.ann)
    with stage.rounds() as other:
        other.ask([Call(ROLE_TO_CHANGE, asked[1], all_rows=False)])
        assert stage.ask(ROLE_TO_CHANGE, *asked) == [[("owner",)], []]
        assert stage.ask(ROLE_TO_CHANGE, asked[1]) == [[]]
        assert stage.ask(ROLE, *asked) == [[("owner",)], [("owner",)]]


def test_an_update_changes_the_row_of_each_to_what_is_its_own(stage: Stage) -> None:
    first, second, third = stage.rooms
    before = stage.look(ALL_MEMBERS)
    stage.change(
        this(first, stage.bea, new_role="moderator", more=10, below=99),
        this(second, stage.ann, new_role="member", more=20, below=99),
        this(third, stage.ann, new_role="member", more=30, below=0),
        by=SAVE,
    )
    changed = {(first, stage.bea): ("moderator", 10), (second, stage.ann): ("member", 20)}
    assert stage.look(ALL_MEMBERS) == [
        (room, user, changed.get((room, user), (role, 0))[0], read + changed.get((room, user), (role, 0))[1])
        for room, user, role, read in before
    ]


def test_an_insert_adds_the_row_of_each(stage: Stage) -> None:
    rows = [(room, stage.bea, seq) for seq, room in enumerate(stage.rooms, start=5)]
    stage.change(*({"room_id": room, "user_id": user, "seq": seq} for room, user, seq in rows), by=MENTION)
    assert stage.look(ALL_MENTIONS) == rows


def test_an_insert_of_what_is_selected_adds_the_rows_of_each(stage: Stage) -> None:
    first, second, _ = stage.rooms
    stage.change({"room": first, "seq": 1}, {"room": second, "seq": 2}, by=MENTION_ALL)
    assert stage.look(ALL_MENTIONS) == [
        (room, user, seq) for room, seq in ((first, 1), (second, 2)) for user in (stage.ann, stage.bea)
    ]


def test_a_delete_removes_the_row_of_each(stage: Stage) -> None:
    first, second, third = stage.rooms
    stage.change(this(first, stage.bea), this(second, stage.ann), by=REMOVE)
    assert [(room, user) for room, user, *_ in stage.look(ALL_MEMBERS)] == [
        (first, stage.ann), (second, stage.bea), (third, stage.ann), (third, stage.bea),
    ]  # fmt: skip


def test_an_upsert_that_is_sent_one_by_one_does_to_each_row_what_it_says(stage: Stage) -> None:
    first, second, _ = stage.rooms
    eve = stage.chat.register("eve")
    row = {"role": "member", "joined_seq": 3, "read_seq": 40, "more": 2}
    stage.change(
        {"room_id": first, "user_id": eve, **row}, {"room_id": second, "user_id": stage.bea, **row}, by=JOIN_OR_READ
    )
    read = {(room, user): read_seq for room, user, _, read_seq in stage.look(ALL_MEMBERS)}
    assert (read[first, eve], read[second, stage.bea]) == (40, 42)


def test_postgresql_can_plan_every_statement_of_the_repositories_for_many(stage: Stage) -> None:
    names = {statement: name for name, statement in Repositories().statements()}
    statements = BatchStatements(stage.pool.engine.dialect, [(name, one) for one, name in names.items()])
    connection = psycopg2.connect(stage.url)
    planned = set()
    for statement, formed in statements.formed.items():
        text, constants = statements[statement]
        sets = [constants | parameters_of(statement, statements) for _ in range(2)]
        if formed.form in (Form.QUESTION, Form.LOCK) and sets[0]:
            sent = [question_of_many(text, sets)]
        else:
            sent = list(changes_of_many(text, formed, sets))
        with connection, connection.cursor() as cursor:
            for filled in sent:
                cursor.execute("EXPLAIN " + filled[0], filled[1])
        planned.add(formed.form)
    connection.close()
    assert planned == {*Form}


def parameters_of(statement: ClauseElement, statements: BatchStatements) -> dict[str, Any]:
    """Some value for each parameter. What has no type is a number, but for the list of them."""
    compiled = statement.compile(dialect=statements._dialect)
    assert isinstance(compiled, SQLCompiler)
    wanted = {name: compiled.binds[name].type for name, value in compiled.params.items() if value is None}
    return {name: "1" if name == "ids" or isinstance(type_, String) else 1 for name, type_ in wanted.items()}


def test_the_storage_runs_what_was_looked_at(postgresql_home: SqlHome) -> None:
    database = PostgresDatabase(postgresql_home.url)
    assert {statement for _, statement in database.repositories.statements()} <= set(database._statements.formed)
    database.close()
