"""What is true: values, users, sessions, rooms, memberships, messages, the room log, notices and errors."""
