"""One technology each. Adapters inherit the ports they serve, and never import one another.

Beside them is what two of them need of the same library: `libpq`.
"""
