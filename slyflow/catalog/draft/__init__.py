"""Drafts of pipelines: written from apps, or from sessions that someone launched by hand."""
