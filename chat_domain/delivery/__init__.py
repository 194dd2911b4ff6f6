"""Delivery: from the room logs to the connections of this process."""
