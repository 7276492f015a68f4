"""A checked document → the pipeline it says."""

import re
from collections.abc import Mapping

from slyflow.model.pipeline import Pipeline, Step
from slyflow.problem import Related
from slyflow.syntax.document import Document
from slyflow.syntax.node import Broken, Map, Node, Sequential
from slyflow.syntax.param import parse_params
from slyflow.syntax.parse_step import parse_step
from slyflow.syntax.reader import Reader, entries, items
from slyflow.syntax.settings import Settings, parse_settings

Paths = set[tuple[str | int, ...]]


def parse(document: Document, reader: Reader, bad: Paths) -> Pipeline:
    """Return the pipeline of a document, leaving out what stands at a path in `bad`.

    What is wrong beyond shape becomes a problem of the reader. With anything in `bad`, or any problem
    of the document, the pipeline is not whole: it serves to find further problems, not to be run.
    """
    root = document.root
    assert isinstance(root, Map)
    return _Parser(reader, root, bad, is_whole=not document.problems).pipeline()


class _Parser:
    """Parses the sections of one file."""

    __slots__ = ("_bad", "_is_whole", "_reader", "_root")

    def __init__(self, reader: Reader, root: Map, bad: Paths, *, is_whole: bool) -> None:
        self._reader = reader
        self._root = root
        self._bad = bad
        self._is_whole = is_whole

    def pipeline(self) -> Pipeline:
        reader = self._reader
        defaults = parse_settings(reader, self._section("defaults"), Settings())
        steps = self._steps("steps", defaults)
        final_steps = self._steps("finally", defaults)
        self._twice(steps, final_steps)
        outputs = self._section("outputs")
        return Pipeline(
            reader.text(self._section("name")) or default_name(reader.source.file),
            reader.source.file,
            steps,
            final_steps,
            params=parse_params(reader, self._root.values.get("params"), self._bad_names("params")),
            secrets=tuple(reader.text(item) or "" for item in items(self._section("secrets"))),
            outputs=reader.fields(outputs) if outputs else {},
            description=reader.text(self._section("description")),
            max_sessions=self._max_sessions(),
        )

    def _section(self, name: str) -> Node | None:
        """Return the value of a top-level key, None when it is not there or not sound."""
        node = self._root.values.get(name)
        if node is None or self._bad_names(name) or any(path == (name,) for path in self._bad):
            return None
        return node if self._is_whole or is_sound(node) else None

    def _bad_names(self, section: str) -> set[str]:
        """Return the names in a section at or below which something has the wrong shape."""
        bad = {str(path[1]) for path in self._bad if len(path) > 1 and path[0] == section}
        if not self._is_whole:
            bad |= {name for _, name, node in entries(self._root.values.get(section)) if not is_sound(node)}
        return bad

    def _steps(self, section: str, defaults: Settings) -> dict[str, Step]:
        skipped = self._bad_names(section)
        return {
            name: parse_step(self._reader, key, node, defaults, is_final=section == "finally")
            for key, name, node in entries(self._root.values.get(section))
            if name not in skipped and isinstance(node, Map)
        }

    def _twice(self, steps: Mapping[str, Step], final_steps: Mapping[str, Step]) -> None:
        for name in steps.keys() & final_steps.keys():
            final = self._root.values["finally"]
            assert isinstance(final, Map)
            first = steps[name].span
            message = f'the step "{name}" stands in "steps" too, on line {first.line}'
            related = (Related(first, "first here"),)
            self._reader.refuse(
                final.key(name), message, "duplicate-key", hint="rename one of them", related=related
            )

    def _max_sessions(self) -> int | None:
        section = self._section("concurrency")
        limit = section.values.get("max_sessions") if isinstance(section, Map) else None
        return int(self._reader.number(limit)) if limit else None


def default_name(path: str) -> str:
    """Return the name of a pipeline that has none: its file's stem up to the first dot, as an identifier."""
    stem = path.rstrip("/").rpartition("/")[2].split(".")[0].lower()
    name = re.sub(r"[^a-z0-9]+", "_", stem).strip("_")[:63] or "pipeline"
    return name if name[0].isalpha() else f"p_{name}"[:63]


def is_sound(node: Node) -> bool:
    """Say whether nothing in a tree was refused."""
    if isinstance(node, Map):
        return not node.partial and all(map(is_sound, node.values.values()))
    if isinstance(node, Sequential):
        return all(map(is_sound, node.items))
    return not isinstance(node, Broken)
