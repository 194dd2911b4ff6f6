"""Why a goal is missed where it is: by scenario and unit."""

from typing import Final

WHY: Final = {
    ("room1000", "x floor"): """A delivery is one `send`, which is the floor, and the Python around it: the loop
over the members, and the message's share of parsing, checking and storing.""",
    ("room100", "x floor"): """A hundred deliveries share one message's parsing, checks and durable commit: see the
profile, and the row with `memory://`. And a send costs more: its receiver has gone to sleep meanwhile, and waking it is
a third of a send (by `perf`), while that of the floor never sleeps.""",
    ("room100", "x Node"): """Node's peer stores nothing here, Parley commits every message durably: see the row with
`memory://`.""",
    ("busy1000", "x Node"): """Messages that arrive in one turn of the event loop leave as one `send`; with 16 in flight
no more than 16 can share one.""",
    ("pairs, SQLite", "x Node"): """Node's peer checks nothing (no session, no membership, no validation), and it
keeps no log of the room.""",
    ("pairs, PostgreSQL, with its CPU", "x Node"): """Node's peer sends one statement and checks nothing. The database
itself costs Parley no more than it costs Node; the rest is the Python of two questions, three changes and their batch:
see the profile.""",
    ("1,000 members, 400 messages/s, p99", "ms"): """A message waits for a flush under way, for its commit, for the
rest after the last flush, and for its own flush. A flush is a thousand `send`s, 12 ms of which the kernel takes four
fifths (by `perf`), so two of them are the whole goal already; without the rest between them the processor would not
suffice.""",
    ("message p99 during 50 logins", "x before"): """Each login is a hash on one of two processors and a commit that
messages wait for. Before, the p99 of a few seconds is a handful of messages: between two runs it differs by more than
the goal.""",
    ("history page of 50, PostgreSQL, p50", "ms"): """Two thirds are PostgreSQL's own work and the way there and back,
the rest fifty rows that become messages.""",
}
