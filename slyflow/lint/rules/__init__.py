"""The rules, one a module: its `find` yields what it has against a pipeline."""
