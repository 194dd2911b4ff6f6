"""Socket.IO: the same services as over REST, and the door to what is pushed."""
