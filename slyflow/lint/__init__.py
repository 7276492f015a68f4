"""Opinions on a valid pipeline: what is probably not meant, or will be regretted."""
