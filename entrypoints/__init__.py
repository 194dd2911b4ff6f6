"""The doors: HTTP, sockets, the command line and the web client, and the container that wires everything."""
