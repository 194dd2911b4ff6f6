"""One technology each. Adapters inherit the ports they serve, and never import one another."""
