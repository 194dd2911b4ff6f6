"""argon2 hashing, signed tokens, password strength and rate limits."""
