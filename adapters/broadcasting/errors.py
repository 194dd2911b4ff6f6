"""What keeps a transport from being installed."""


class UnknownTransport(ImportError):
    """The libraries under a WebSocket transport are not those that it knows; in one sentence."""
