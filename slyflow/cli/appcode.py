"""An app's code, or a piece of it, downloaded to the working directory."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from slyflow.catalog.module import Module
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.client import Download, Instance
from slyflow.record import record
from slyflow.report.line import Part

_TELL_EVERY = 1.0
_UNFIT = re.compile(r"[^\w.-]+")


@record(frozen=True)
class Piece:
    """What is wanted of the code: one file by path or key, the archive as it is, or else all, unpacked."""

    file: str | None
    key: str | None
    archive: bool
    sha256: str | None


def download(
    app: tuple[int | str, str | None],
    piece: Piece,
    to: str | None,
    instance: Instance,
    context: Context,
    *,
    as_json: bool,
) -> int:
    """Download to `to`, or to what the piece is called, and print where it is now; return 0."""
    module = instance.ecosystem.released(*app)
    place = context.cwd / (to or _name(module, piece))
    got = _fetch(module, piece, place, instance, _Told(context.console, time.monotonic))
    if as_json:
        context.console.json(
            {
                "slug": module.slug,
                "version": module.version,
                "path": str(got.path),
                "size": got.size,
                "sha256": got.sha256,
            }
        )
    else:
        context.console.line(Part(str(got.path), "strong"), f"  {_size(got.size)}, SHA-256 {got.sha256}")
    return 0


def _fetch(module: Module, piece: Piece, place: Path, instance: Instance, told: "_Told") -> Download:
    assert module.version is not None, "a release has a version"
    ecosystem = instance.ecosystem
    if piece.file is not None or piece.key is not None:
        return ecosystem.download_file(
            module.id,
            place,
            file=piece.file,
            key=piece.key,
            version=module.version,
            sha256=piece.sha256,
            progress=told,
        )
    fetch = ecosystem.download_archive if piece.archive else ecosystem.download_code
    sha256 = piece.sha256 or module.archive_sha256
    return fetch(module.id, module.version, place, sha256=sha256, progress=told)


def _name(module: Module, piece: Piece) -> str:
    """Return the name of what is downloaded, made of nothing that could mean another place."""
    if piece.file is not None or piece.key is not None:
        return _plain(piece.file or piece.key or "") or "file"
    name = _plain(module.slug) or f"app-{module.id}"
    return f"{name}-{_UNFIT.sub('-', module.version or '')}.tar" if piece.archive else name


def _plain(path: str) -> str:
    """Return the last part of a path, which may come from anywhere."""
    return _UNFIT.sub("-", path.rstrip("/").rpartition("/")[2]).lstrip(".-")


class _Told:
    """Says, now and then, how far a slow download has come."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._last = clock()

    def __call__(self, done: int, size: int | None) -> None:
        if self._clock() - self._last >= _TELL_EVERY:
            self._last = self._clock()
            of = "" if size is None else f" of {_size(size)}"
            self._console.note(Part(f"{_size(done)}{of}", "dim"))


def _size(count: int) -> str:
    """Return bytes for a person: `12 bytes`, `3.4 KiB`, `5.6 MiB`."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.1f} KiB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MiB"
