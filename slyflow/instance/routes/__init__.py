"""API methods of the embedded instance, one module a family, each with a METHODS table."""
