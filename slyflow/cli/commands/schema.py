"""`slyflow schema`: the JSON Schema of pipelines, as it is published or for the apps of the lock."""

import argparse
import json
from pathlib import Path

from slyflow.cli import options
from slyflow.cli.context import Context
from slyflow.cli.writing import STDOUT, write_new
from slyflow.errors import UsageError
from slyflow.syntax.keyword import Schema
from slyflow.syntax.schema import load_schema

_OURS = '"$id": "urn:slyflow:schema:'
_BEGINNING = 4096


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from-lock", action="store_true", help="for the apps of slyflow.lock, their targets and arguments"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default=STDOUT, help="file to write (standard output)"
    )
    options.add_settings(parser, "color")


def call(args: argparse.Namespace, context: Context) -> int:
    context.settings(args)
    published = load_schema()
    schema = _locked(published, context) if args.from_lock else published
    if args.output == STDOUT:
        context.console.json(schema)
        return 0
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    return write(context.cwd / args.output, text, context)


def write(path: Path, text: str, context: Context) -> int:
    """Write a schema over an older one, but over nothing else; what is equal stays as it is."""
    if path.is_file():
        old = path.read_text(encoding="utf-8", errors="replace")
        if old == text:
            context.console.line(f"{path.name} is up to date")
            return 0
        if _OURS not in old[:_BEGINNING]:
            raise UsageError(f"{path} is no schema of slyflow's", hint="name another file with --output")
    write_new(path, text, force=path.is_file())
    context.console.line(f"wrote {path.name}")
    return 0


def _locked(published: Schema, context: Context) -> Schema:
    from slyflow.catalog.lockschema import locked_schema
    from slyflow.cli.lockfile import nearest_lock  # what the published schema needs none of

    return locked_schema(published, nearest_lock(context))
