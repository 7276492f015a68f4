"""A pipeline file, from the disk or from a journal, to the pipeline it says and all that is wrong with it."""

import gc
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from slyflow.code import Code, Slug
from slyflow.model.pipeline import Pipeline
from slyflow.model.value import FromFile
from slyflow.problem import Problem, has_errors, in_order
from slyflow.record import field, record
from slyflow.syntax.builder import LARGE, NORMAL, Limits
from slyflow.syntax.document import Document, parse_value, read
from slyflow.syntax.node import Map
from slyflow.syntax.parse import Parsed, parse
from slyflow.syntax.reader import Reader
from slyflow.syntax.schema import check, newer_version
from slyflow.syntax.source import Source, decode

if TYPE_CHECKING:
    from slyflow.syntax.ignore import Ignore


@record(frozen=True)
class Loaded:
    """What a file says. `pipeline` is None when any problem is an error; problems are sorted.

    `partly` is then what can be read in spite of it, unless steps may be missing from that.
    What a comment ignores (`ignores`) is not among the problems but in `silenced`.
    `source` is the file's text, `files` the text of each `from_file` by its path as written.
    """

    pipeline: Pipeline | None
    problems: tuple[Problem, ...]
    source: str = field(repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    partly: Parsed | None = field(default=None, repr=False)
    ignores: "tuple[Ignore, ...]" = field(default=(), repr=False)
    silenced: tuple[Problem, ...] = field(default=(), repr=False)

    def judged(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return further problems of the file without those that a comment in it ignores."""
        return self.parted(problems)[0]

    def parted(self, problems: Iterable[Problem]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """Return further problems of the file: those that stay, and those that a comment in it ignores."""
        return _parted(problems, self.ignores)

    def idle(self, silenced: Sequence[Problem], is_sought: Callable[[Code], bool]) -> Sequence[Problem]:
        """Return a warning for each comment that ignores what was sought and is not among the `silenced`."""
        if not self.ignores:
            return ()
        from slyflow.syntax.ignore import unused

        return list(unused(self.ignores, silenced, is_sought))


_Include = Callable[[str], str]


def load(path: str, *, large: bool = False) -> Loaded:
    """Read a pipeline file from the disk, with `large` up to 16 MiB; one that cannot be read is a problem."""
    limits = LARGE if large else NORMAL
    source, problems = read_source(path, limits)
    if source is None:
        return Loaded(None, tuple(problems), "")
    with _uncollected():
        return _load(source, problems, limits, _from_disk(path))


def read_source(path: str, limits: Limits = NORMAL) -> tuple[Source | None, list[Problem]]:
    """Return a file's text and what is wrong with its bytes; None where it is unreadable or too large."""
    try:
        data = _content(path, limits)
    except OSError as error:
        return None, [_unread(path, _reason(error), "unreadable")]
    except ValueError as error:
        return None, [_unread(path, str(error), "unreadable")]
    return source_of(data, path, limits)


def source_of(data: bytes, path: str, limits: Limits = NORMAL) -> tuple[Source | None, list[Problem]]:
    """Return the text of a file's bytes, of which there are one more than allowed if it is too large."""
    if len(data) > limits.size:
        message = f"the file is larger than {limits.size // 2**20} MiB"
        hint = None if limits is LARGE else "generated files may be larger with --large"
        return None, [_unread(path, message, "too-large", hint=hint)]
    return decode(data, path)


def load_source(source: str, path: str, files: Mapping[str, str]) -> Loaded:
    """Read a pipeline from a journal: its text and the files it included; the disk is not touched."""

    def include(name: str) -> str:
        if name not in files:
            from slyflow.syntax.include import IncludeError

            raise IncludeError(f'the journal does not have the file "{name}"')
        return files[name]

    # The size was judged when the run was created, by whatever limit was chosen then.
    with _uncollected():
        return _load(Source(path, source), [], LARGE, include)


def _content(path: str, limits: Limits) -> bytes:
    """Return a file's bytes, one more than allowed if there are that many."""
    # A FIFO would keep us waiting for someone who writes.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(handle)
        if stat.S_ISREG(found.st_mode):
            # Room is made for what is asked for: not for the largest file at each of a thousand small ones.
            start = stream.read(min(found.st_size, limits.size) + 1)
            return start + stream.read(limits.size + 1 - len(start)) if len(start) > found.st_size else start
    raise ValueError("this is not a regular file")


def _reason(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case IsADirectoryError():
            return "this is a folder, not a pipeline file"
        case PermissionError():
            return "this file may not be read"
        case _:
            return f"this file cannot be read: {error.strerror}"


def _unread(path: str, message: str, slug: Slug, *, hint: str | None = None) -> Problem:
    return Source(path, "").problem(0, 0, message, slug, hint=hint)


def _from_disk(path: str) -> _Include:
    def include(name: str) -> str:
        from slyflow.syntax.include import folder_of, home_of, read_include

        folder = folder_of(path)
        return read_include(name, folder, home_of(folder))

    return include


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the garbage collector: what is built has no cycles, and it would walk that over and over."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _load(source: Source, problems: list[Problem], limits: Limits, include: _Include) -> Loaded:
    document = read(source, limits)
    problems = [*problems, *document.problems]
    files: dict[str, str] = {}
    parsed = None
    if isinstance(document.root, Map):
        parsed, more, files = _checked(document, document.root, include)
        problems += more
    elif not has_errors(problems):
        problems.append(_not_a_map(document, source))
    ignores: tuple[Ignore, ...] = ()
    if document.root is not None and "ignore" in source.text:
        from slyflow.syntax.ignore import find_ignores  # few files need it

        ignores, wrong = find_ignores(source, document.root)
        problems += wrong
    told, silenced = _parted(in_order(problems), ignores)
    if parsed is not None and not has_errors(told):
        return Loaded(parsed.pipeline, told, source.text, files, None, ignores, silenced)
    partly = parsed if parsed is not None and parsed.is_complete else None
    return Loaded(None, told, source.text, files, partly, ignores, silenced)


def _parted(
    problems: Iterable[Problem], ignores: Sequence["Ignore"]
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    if not ignores:
        return tuple(problems), ()
    from slyflow.syntax.ignore import part

    return part(problems, ignores)


def _not_a_map(document: Document, source: Source) -> Problem:
    hint = 'a pipeline begins with "slyflow: 1" and has "steps"'
    if document.root is None:
        return source.problem(0, 0, "the file is empty", "empty-file", hint=hint)
    return source.problem(
        document.root.start,
        source.line_end(document.root.start),
        "a pipeline must be a map",
        "wrong-value",
        hint=hint,
    )


def _checked(
    document: Document, root: Map, include: _Include
) -> tuple[Parsed | None, list[Problem], dict[str, str]]:
    source = document.source
    if version := newer_version(root):
        node = root.values["slyflow"]
        message = (
            f"this pipeline is written in version {version} of the language; this slyflow reads version 1"
        )
        problem = source.problem(node.start, node.end, message, "newer-version", hint="use a newer slyflow")
        return None, [problem], {}
    shape, bad = check(root, source)
    reader = Reader(source)
    parsed = parse(document, reader, bad)
    included, files = _included(reader.files, include)
    return parsed, [*shape, *reader.problems, *included], files


def _included(wanted: list[FromFile], include: _Include) -> tuple[list[Problem], dict[str, str]]:
    problems: list[Problem] = []
    files: dict[str, str] = {}
    if not wanted:
        return problems, files
    from slyflow.syntax.include import IncludeError

    for file in wanted:
        try:
            files[file.path] = files[file.path] if file.path in files else include(file.path)
            _parsed(file, files[file.path])
        except IncludeError as error:
            problems.append(Problem(file.span, str(error), "bad-include"))
    return problems, files


def _parsed(file: FromFile, text: str) -> None:
    """Raise IncludeError when a file does not say what its form promises."""
    from slyflow.syntax.include import IncludeError

    if file.form == "text":
        return
    try:
        parse_value(text, file.form)
    except ValueError as error:
        raise IncludeError(f'"{file.path}" is not {file.form.upper()}: {error}') from error
