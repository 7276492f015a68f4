"""What a `from_file` gives: the text of a file read beforehand, or the JSON or YAML it says."""

import json
from collections.abc import Mapping
from typing import assert_never

from slyflow.errors import ExpressionError
from slyflow.model.value import FromFile, Json
from slyflow.problem import Span, has_errors, in_order


def failure(span: Span, message: str) -> ExpressionError:
    """Return an error that begins with its place."""
    return ExpressionError(f"{span.file}:{span.line}:{span.column}: {message}")


def content(file: FromFile, files: Mapping[str, str]) -> Json:
    """Return what a file gives; ExpressionError when it was not read or is not what it should be."""
    if file.path not in files:
        raise failure(file.span, f'the file "{file.path}" was not read')
    text = files[file.path]
    match file.form:
        case "text":
            return text
        case "json":
            return _json(text, file)
        case "yaml":
            return _yaml(text, file)
        case _:
            assert_never(file.form)


def _json(text: str, file: FromFile) -> Json:
    def refuse(word: str) -> Json:
        raise failure(file.span, f'"{file.path}" is not JSON: {word} is not a JSON number')

    try:
        parsed: Json = json.loads(text, parse_constant=refuse)
    except (json.JSONDecodeError, RecursionError) as error:
        raise failure(file.span, f'"{file.path}" is not JSON: {error}') from error
    return parsed


def _yaml(text: str, file: FromFile) -> Json:
    # A run that reads no YAML file does not pay for the parser.
    from slyflow.syntax.document import read
    from slyflow.syntax.source import Source

    document = read(Source(file.path, text))
    if has_errors(document.problems):
        first = in_order(document.problems)[0]
        place = f"{first.span.line}:{first.span.column}"
        raise failure(file.span, f'"{file.path}" cannot be read: {place}: {first.message}')
    return document.data()
