"""Runs pipelines in this process: everything about a run that is not about a terminal."""
