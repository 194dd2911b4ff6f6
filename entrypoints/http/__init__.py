"""REST, the OpenAPI description, health, and the pages of the web client."""
