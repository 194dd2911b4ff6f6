"""The chat domain: users, rooms, memberships, messages and the room log.

Only the standard library is imported here. `model` says what is true, `ports` what the domain needs
from outside, `services` what people do.
"""
