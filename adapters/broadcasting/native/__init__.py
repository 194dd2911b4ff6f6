"""A WebSocket transport for Flask-SocketIO that costs little and that no client can harm.

From the bytes up: `frames` (WebSocket frames), `packets` (Engine.IO and Socket.IO), `websocket` (the socket in the
event loop), `outbox` and `backlog` (what waits to be written), `connection` (one client), `workers` (the
greenlets that handle events), `heartbeat` (pings), `engine` and `handshake` (where python-engineio begins), `transport`
(all of it in one server), `audience` (the connections of each room, user and session).
"""

from adapters.broadcasting.native.audience import NativeAudience
from adapters.broadcasting.native.outbox import Outbox
from adapters.broadcasting.native.transport import NativeTransport

__all__ = ["NativeAudience", "NativeTransport", "Outbox"]
