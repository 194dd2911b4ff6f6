"""PostgreSQL: units of work in different rooms share transactions.

From the driver up: `connections`, `prepared` (statements), `forms` (which of them may run in a batch), `together` (one
statement for many), `rounds` (a transaction of them), `room_unit` and `batch` (who takes part), `group_commit` (who is
put together), `database`.
"""
