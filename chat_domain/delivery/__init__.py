"""Delivery: from the logs of the rooms to the connections of this process, and to durable consumers.

Each part uses only parts that stand before it in this list: `subscriptions` (how joinings and leavings reach the
connections), `session_guard` (nothing is delivered to a session that is over), `room_cursors` (each log strictly in
sequence), `gap_filler` (what the hints leave out), `reconciler` (what no hint told of), `catch_up` (the answer to a
sync), `service` (the only part that is called from outside). `docs/walk.md` follows a message through them.

`consumers` and its parts stand beside them: every event of every room, at least once, also after a crash. They are
`backoff` (how long a consumer that failed waits), `backlog` (what it has not had yet), `pending_moves` (how far it has
come, until that is stored), `consumer_runner` (one consumer) and `consumers` (all of them, and their lock).
"""
