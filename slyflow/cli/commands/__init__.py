"""One module for each command: it adds its arguments and does its work."""
