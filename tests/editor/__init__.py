"""Tests that need an editor's language server."""
