"""Which statements may run in a batch on PostgreSQL, what they become there, and that others are refused at start."""

import pytest
from sqlalchemy import Boolean, ClauseElement, bindparam, create_engine, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from adapters.sql.postgresql.database import PostgresDatabase
from adapters.sql.postgresql.forms import BatchStatements, Form, Unbatchable
from adapters.sql.postgresql.together import changes_of_many, question_of_many
from adapters.sql.repositories import Repositories
from adapters.sql.sqlite.ids import NEXT_ID
from adapters.sql.statements import one_by_one
from adapters.sql.tables import events, memberships, mentions, rooms
from tests.unit.sql.upserting import UpsertingMemberships

_THIS = (memberships.c.room_id == bindparam("room"), memberships.c.user_id == bindparam("user"))
_HEAD = select(func.max(events.c.seq)).where(events.c.room_id == bindparam("room")).scalar_subquery()
_PLACE = ["room_id", "user_id", "seq"]
_MEMBERS = select(memberships.c.room_id, memberships.c.user_id, memberships.c.read_seq)
_CONFLICT = ["room_id", "user_id"]


def declared(statement: ClauseElement) -> BatchStatements:
    return BatchStatements(create_engine("postgresql+psycopg2://").dialect, [("rooms._THIS_ONE", statement)])


ACCEPTED = {
    "a question": (select(rooms).where(rooms.c.id == bindparam("id")), Form.QUESTION),
    "a question with a subquery": (select(rooms.c.id, _HEAD).limit(1), Form.QUESTION),
    "a lock": (select(rooms).where(rooms.c.id == bindparam("id")).with_for_update(), Form.LOCK),
    "a lock that lets others refer to it": (select(rooms).with_for_update(key_share=True, of=[rooms]), Form.LOCK),
    "an insert": (insert(mentions), Form.INSERT),
    "an update": (update(memberships).where(*_THIS).values(role=bindparam("new")), Form.UPDATE),
    "a delete": (delete(memberships).where(*_THIS), Form.DELETE),
    "an insert of what is selected": (insert(mentions).from_select(_PLACE, _MEMBERS), Form.COPY),
    "an upsert that is sent one by one": (
        one_by_one(insert_or(memberships).on_conflict_do_nothing()), Form.ONE_BY_ONE,
    ),
    "a query with WITH that is sent one by one": (one_by_one(select(select(rooms.c.id).cte("some"))), Form.ONE_BY_ONE),
}  # fmt: skip

REFUSED = {
    "ON CONFLICT DO UPDATE": insert_or(memberships).on_conflict_do_update(
        index_elements=_CONFLICT, set_={"read_seq": bindparam("read")}
    ),
    "ON CONFLICT DO UPDATE with a condition that ends like an insert": insert_or(memberships).on_conflict_do_update(
        index_elements=_CONFLICT, set_={"read_seq": func.greatest(memberships.c.read_seq, bindparam("read"))}
    ),
    "ON CONFLICT DO NOTHING": insert_or(memberships).on_conflict_do_nothing(),
    "an insert that answers": insert(mentions).returning(mentions.c.seq),
    "an insert of many rows": insert(mentions).values([{"room_id": 1, "user_id": 1, "seq": 1}] * 2),
    "an insert of what is computed": insert(mentions).values(room_id=1, user_id=2, seq=func.abs(bindparam("n"))),
    "an insert of what is selected, or not": insert_or(mentions)
    .from_select(_PLACE, _MEMBERS)
    .on_conflict_do_nothing(),
    "an insert of what is selected, that answers": insert(mentions)
    .from_select(_PLACE, _MEMBERS)
    .returning(mentions.c.seq),
    "an insert of what is united": insert(mentions).from_select(_PLACE, _MEMBERS.union(_MEMBERS)),
    "an insert of what is locked": insert(mentions).from_select(_PLACE, _MEMBERS.with_for_update()),
    "an update to what a subquery finds": update(rooms)
    .where(rooms.c.id == bindparam("room"))
    .values(last_seq=_HEAD),
    "an update where a subquery finds": update(memberships)
    .where(*_THIS, memberships.c.read_seq < _HEAD)
    .values(role="x"),
    "an update from another table": update(rooms)
    .where(rooms.c.id == bindparam("room"), rooms.c.id == events.c.room_id)
    .values(last_seq=events.c.seq),
    "an update that answers": update(memberships).where(*_THIS).values(role="x").returning(memberships.c.role),
    "an update of every row": update(memberships).values(role="x"),
    "an update of several rooms": update(memberships)
    .where(memberships.c.user_id == bindparam("user"))
    .values(role="x"),
    "an update of its room or others": update(memberships).where((_THIS[1] & _THIS[0]) | _THIS[1]).values(role="x"),
    "an update of all but its room": update(memberships).where(~(_THIS[1] & _THIS[0] & _THIS[1])).values(role="x"),
    "a delete where a subquery finds": delete(memberships).where(memberships.c.read_seq < _HEAD),
    "a delete with another table": delete(memberships).where(memberships.c.room_id == rooms.c.id),
    "a delete that answers": delete(memberships).where(*_THIS).returning(memberships.c.role),
    "a delete of every row": delete(memberships),
    "a query with WITH": select(select(rooms.c.id).cte("some")),
    "a change with WITH": insert(mentions).add_cte(delete(mentions).cte("gone")),
    "a change inside a query": select(delete(mentions).returning(mentions.c.seq).cte("gone")),
    "a union": select(rooms.c.id).union(select(rooms.c.id)),
    "a lock that others share": select(rooms).with_for_update(read=True),
    "a lock that does not wait": select(rooms).with_for_update(nowait=True),
    "a lock that passes over others'": select(rooms).with_for_update(skip_locked=True),
    "a lock in a subquery": select(select(rooms.c.id).with_for_update().subquery()),
    "a procedure": text("CALL tidy()"),
    "a change that answers, one by one": one_by_one(NEXT_ID),
    "a lock, one by one": one_by_one(select(rooms).with_for_update()),
    "a parameter of which no array is made": select(rooms).where(bindparam("flag", type_=Boolean())),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_statement_of_a_form_is_accepted(name: str) -> None:
    statement, form = ACCEPTED[name]
    assert declared(statement).formed[statement].form is form


def test_each_form_is_tried() -> None:
    assert {form for _, form in ACCEPTED.values()} == set(Form)


@pytest.mark.parametrize("name", REFUSED)
def test_a_statement_of_no_form_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Unbatchable, match=r"^rooms\._THIS_ONE (is of no form|has parameters)"):
        declared(REFUSED[name])


def test_it_is_refused_when_the_storage_opens() -> None:
    class Upserting(PostgresDatabase):
        repositories = Repositories(memberships=UpsertingMemberships)

    with pytest.raises(Unbatchable, match=r"^tests\.unit\.sql\.upserting\._JOIN_OR_READ is of no form .* ON CONFLICT "):
        Upserting("postgresql://nowhere.invalid/parley")


def test_what_was_not_declared_is_not_run() -> None:
    with pytest.raises(LookupError, match=r"not declared .*: SELECT 1"):
        declared(select(rooms))[text("SELECT 1")]


def test_every_statement_of_the_repositories_is_declared_by_its_name() -> None:
    names = {name for name, _ in Repositories().statements()}
    assert {"adapters.sql.log._ADVANCE", "adapters.sql.rooms._REMOVALS", "adapters.sql.views._ONE"} <= names
    assert any(name.startswith("tests.") for name, _ in Repositories(memberships=UpsertingMemberships).statements())


def many(statement: ClauseElement, *sets: dict[str, object]) -> list[tuple[str, dict[str, object]]]:
    statements = declared(statement)
    text, constants = statements[statement]
    return list(changes_of_many(text, statements.formed[statement], [constants | one for one in sets]))


def test_an_insert_is_made_once_for_all() -> None:
    sets: list[dict[str, object]] = [{"room_id": room, "user_id": 1, "seq": None} for room in (1, 2)]
    assert many(insert(mentions), *sets) == [
        (
            'INSERT INTO mentions (room_id, user_id, seq) SELECT wanted."room_id", wanted."user_id", NULL'
            ' FROM unnest(%(room_id)s::bigint[], %(user_id)s::bigint[]) AS wanted("room_id", "user_id")',
            {"room_id": [1, 2], "user_id": [1, 1]},
        )
    ]


def test_an_update_is_made_once_for_all() -> None:
    sets: list[dict[str, object]] = [{"room": room, "user": 1, "new": "owner"} for room in (1, 2)]
    assert many(ACCEPTED["an update"][0], *sets) == [
        (
            'UPDATE memberships SET role=wanted."new"'
            " FROM unnest(%(room)s::bigint[], %(user)s::bigint[], %(new)s::text[])"
            ' AS wanted("room", "user", "new") WHERE memberships.room_id = wanted."room"'
            ' AND memberships.user_id = wanted."user"',
            {"new": ["owner", "owner"], "room": [1, 2], "user": [1, 1]},
        )
    ]


@pytest.mark.parametrize("name", ["a delete", "an insert of what is selected", "an upsert that is sent one by one"])
def test_what_is_no_insert_or_update_of_its_form_is_made_for_each_as_it_is(name: str) -> None:
    statement, _ = ACCEPTED[name]
    sets: list[dict[str, object]] = [{"room": room, "user": 1} for room in (1, 2)]
    assert many(statement, *sets) == [(declared(statement)[statement][0], one) for one in sets]


def test_a_question_is_asked_once_for_all_and_tells_whose_rows_are_whose() -> None:
    asked = question_of_many("SELECT rooms.id FROM rooms WHERE rooms.id = %(id)s FOR UPDATE", [{"id": 1}, {"id": 2}])
    assert asked == (
        'SELECT wanted."#", found.* FROM unnest(%(id)s::bigint[]) WITH ORDINALITY AS wanted("id", "#")'
        ' CROSS JOIN LATERAL (SELECT rooms.id FROM rooms WHERE rooms.id = wanted."id" FOR UPDATE) AS found',
        {"id": [1, 2]},
    )
