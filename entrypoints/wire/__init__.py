"""The wire format, owned here alone: untrusted JSON to values, the domain to JSON, errors to problems."""
