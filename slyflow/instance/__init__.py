"""The embedded instance: Supervisely's public API on loopback, with apps as local processes."""
