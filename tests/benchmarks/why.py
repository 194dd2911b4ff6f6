"""Why a goal is missed where it is: by scenario and unit."""

from typing import Final

WHY: Final = {
    ("room1000", "x floor"): """A delivery is one `send`, which is the floor, and the Python around it: the loop
over the members, and the message's share of parsing, checking and storing.""",
    ("room100", "x floor"): """What a message costs (parsing, authorisation, validation, a durable commit) is shared
by only 100 deliveries; the row with `memory://` shows how much of it is storing.""",
    ("room100", "x Node"): """Node's peer stores nothing here, Parley commits every message durably: see the row with
`memory://`.""",
    ("busy1000", "x Node"): """Messages that arrive in one turn of the event loop leave as one `send`; with 16 in flight
no more than 16 can share one.""",
    ("pairs, SQLite", "x Node"): """Node's peer checks nothing (no session, no membership, no validation), and it
keeps no log of the room.""",
    ("pairs, PostgreSQL, with its CPU", "x Node"): """Node's peer sends one statement and checks nothing; Parley
asks for the membership and for an earlier message with the same key, and keeps a log: three trips for a batch.""",
}
