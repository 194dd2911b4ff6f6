"""Delivery: from the room log to the connections of this process, and to durable consumers."""
