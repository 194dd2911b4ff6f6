"""Buses between processes, and who is online; the connections of a process, and the transports under them."""
