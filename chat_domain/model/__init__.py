"""The domain model: values, users, credentials, rights, rooms, memberships, messages, events, views and errors."""
