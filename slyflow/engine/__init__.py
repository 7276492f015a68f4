"""Runs a pipeline: a pure plan decides, the executor performs, the journal remembers."""
