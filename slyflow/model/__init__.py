"""Frozen values and narrow protocols that every floor above speaks in; standard library only, no I/O."""
