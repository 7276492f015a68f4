"""Files that a command writes for the user: whole or not at all, and over no other unless asked to."""

import os
import secrets
import stat
from pathlib import Path

from slyflow.errors import UsageError
from slyflow.syntax.include import home_of
from slyflow.syntax.schema import schema_path

STDOUT = "-"


def check_free(path: Path, *, force: bool) -> None:
    """UsageError when there is something at the path that may not be written over."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name a file with --output")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", hint=f"run: mkdir -p {path.parent}")
    if not force and os.path.lexists(path):
        raise UsageError(f"{path} is there already", hint="write over it with --force, or name another file")


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a file in one step; UsageError when it cannot be, or is there and `force` is not given."""
    check_free(path, force=force)
    aside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(8)}")
    try:
        try:
            aside.write_text(text, encoding="utf-8")
            if force:
                # A link stays one: what it leads to is replaced.
                aside.replace(path.resolve())
            else:
                # A rename would silently replace what another process wrote a moment ago.
                path.hardlink_to(aside)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def rewrite(path: str, text: str) -> None:
    """Replace the text of a file in one step, keeping its mode; UsageError when it cannot be.

    A link stays one: what it leads to is replaced.
    """
    target = Path(path).resolve()
    aside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}")
    try:
        try:
            with aside.open("x", encoding="utf-8", newline="\n") as file:
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
                file.write(text)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def modeline(folder: Path) -> str:
    """Return the comment that tells editors which schema a pipeline in this folder follows."""
    schema, folder = schema_path().resolve(), folder.resolve()
    near = schema.is_relative_to(home_of(str(folder)))
    return f"yaml-language-server: $schema={os.path.relpath(schema, folder) if near else schema}"
