"""Several processes on one port, looked after by one that does nothing else.

The supervisor imports neither gevent nor an adapter. It starts each worker as a program of its own, so that nothing is
inherited but the listening socket and a pipe, and so that a restart brings in the code as it is then.
"""
