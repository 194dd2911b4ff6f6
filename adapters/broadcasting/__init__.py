"""Telling the connected clients: Socket.IO rooms as the audience, and the WebSocket transport under it."""
