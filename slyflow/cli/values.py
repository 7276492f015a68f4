"""Values on a command line: ids, times, JSON and KEY=VALUE, each refused with what was expected."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.text import parse_duration

_FILE_LIMIT = 32 * 1024 * 1024


def an_id(text: str) -> int:
    """Return an id; argparse says which argument it is when it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f'"{text}" is no id: expected a whole number above 0')
    return int(text)


def a_count(text: str) -> int:
    """Return a whole number from 0."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number')
    return int(text)


def a_time(text: str) -> float:
    """Return the seconds of `2s`, `5m`, `1h` or a number of seconds."""
    seconds = parse_duration(text) or parse_duration(text + "s")
    if not seconds:
        raise argparse.ArgumentTypeError(f'"{text}" is no time: expected 2s, 5m, 1h or a number of seconds')
    return seconds


def pairs(option: str, texts: Sequence[str]) -> Mapping[str, Json]:
    """Return the values of an option KEY=VALUE that is given once for each key.

    A value that reads as JSON is that, any other is text. UsageError for one without `=`, or a key twice.
    """
    found: dict[str, Json] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise UsageError(f'{option} "{text}" is not KEY=VALUE')
        if key in found:
            raise UsageError(f'{option} gives "{key}" twice')
        found[key] = _json_or_text(value)
    return found


def a_map(option: str, text: str, cwd: Path) -> Mapping[str, Json]:
    """Return the JSON object that an option gives, itself or as `@FILE`; UsageError when it is none."""
    content = _read(option, cwd / text[1:]) if text.startswith("@") else text
    try:
        value: Json = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option} is no JSON: {error}") from error
    if not isinstance(value, Mapping):
        raise UsageError(f"{option} is JSON, but no object", hint="it looks like '{\"name\": 1}'")
    return value


def _json_or_text(text: str) -> Json:
    try:
        value: Json = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return text
    return value


def _read(option: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_LIMIT + 1)
        if len(content) > _FILE_LIMIT:
            raise UsageError(f"{option}: {path} is longer than {_FILE_LIMIT >> 20} MiB")
        return content.decode()
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{option}: {path} is not UTF-8") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
