"""A pipeline's text in its canonical layout: keys in the schema's order, comments kept, meaning unchanged."""

from slyflow.syntax.formatting.format import Formatted, format_source

__all__ = ["Formatted", "format_source"]
