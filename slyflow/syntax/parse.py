"""A checked document → the pipeline it says."""

import re
from collections.abc import Collection, Mapping

from slyflow.model.pipeline import Param, Pipeline, Step
from slyflow.model.value import Fields
from slyflow.problem import Related
from slyflow.record import record
from slyflow.syntax.document import Document
from slyflow.syntax.node import Broken, Map, Node, Sequential
from slyflow.syntax.param import parse_params
from slyflow.syntax.parse_step import parse_step
from slyflow.syntax.reader import Reader, entries, items
from slyflow.syntax.settings import Settings, parse_settings

_STEPS = ("steps", "finally")
_SECTIONS = ("params", "secrets", "outputs", *_STEPS)
# Keys of a step whose entries make sense without one another.
_BY_ENTRY = frozenset(("inputs", "node", "outputs"))
Paths = set[tuple[str | int, ...]]
_Wrong = dict[str, set[str]]
"""The keys of a step where something is wrong, each with its entries there; the empty one stands for all."""


@record(frozen=True)
class Parsed:
    """A pipeline, and the names of what is missing in it or wrong: `("steps", "a")`, `("secrets",)`.

    Only without such names it can be run; with them it serves to find further problems. `is_complete`
    says that every step of the file is in it or among the names.
    """

    pipeline: Pipeline
    unsound: frozenset[tuple[str, ...]]
    is_complete: bool


def parse(document: Document, reader: Reader, bad: Paths) -> Parsed:
    """Return the pipeline of a document, leaving out what stands at a path in `bad`.

    What is wrong beyond shape becomes a problem of the reader.
    """
    root = document.root
    assert isinstance(root, Map)
    parser = _Parser(reader, root, bad, is_whole=not document.problems)
    pipeline = parser.pipeline()
    is_well_formed = not bad and not document.problems
    return Parsed(pipeline, frozenset(parser.unsound), is_well_formed or parser.is_complete())


class _Parser:
    """Parses the sections of one file."""

    __slots__ = ("_bad", "_is_whole", "_reader", "_root", "unsound")

    def __init__(self, reader: Reader, root: Map, bad: Paths, *, is_whole: bool) -> None:
        self._reader = reader
        self._root = root
        self._bad = bad
        self._is_whole = is_whole
        self.unsound: set[tuple[str, ...]] = set()

    def pipeline(self) -> Pipeline:
        reader = self._reader
        defaults = parse_settings(reader, self._section("defaults"), Settings())
        steps = self._steps("steps", defaults)
        final_steps = self._steps("finally", defaults)
        self._twice(steps, final_steps)
        return Pipeline(
            reader.text(self._section("name")) or default_name(reader.source.file),
            reader.source.file,
            steps,
            final_steps,
            params=self._params(),
            secrets=self._secrets(),
            secret_spans=tuple(map(reader.span, items(self._section("secrets")))),
            outputs=self._outputs(),
            description=reader.text(self._section("description")),
            max_sessions=self._max_sessions(),
        )

    def is_complete(self) -> bool:
        """Say whether there is no sign that a step is missing: its key misspelt, or lost."""
        given = [self._root.values[name] for name in _STEPS if name in self._root.values]
        return (
            not self._has_strange_key()
            and "steps" in self._root.values
            and all(isinstance(one, Map) and not one.partial for one in (self._root, *given))
            and all(self._may_be_step(name, node) for one in given for _, name, node in entries(one))
        )

    def _has_strange_key(self) -> bool:
        return any(len(path) == 1 and path[0] not in _SECTIONS for path in self._bad)

    @staticmethod
    def _may_be_step(name: str, node: Node) -> bool:
        # Where a step's key is lost, its entries stand as further ones in the step above, or at its side.
        if not (name.isidentifier() and name.islower()):
            return False
        if not isinstance(node, Map):
            return isinstance(node, Broken)
        return not node.partial and not ("app" in node.values and "values" in node.values)

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
        wrong = self._wrong_keys(section)
        steps: dict[str, Step] = {}
        for key, name, node in entries(self._root.values.get(section)):
            before = len(self._reader.problems)
            sound = self._sound_part(wrong.get(name, {}), node) if name in skipped else node
            if isinstance(sound, Map):
                steps[name] = parse_step(self._reader, key, sound, defaults, is_final=section == "finally")
            if sound is not node or name not in steps or len(self._reader.problems) > before:
                self.unsound.add(("steps", name))
        return steps

    def _wrong_keys(self, section: str) -> dict[str, _Wrong]:
        """Return for each step in which something has the wrong shape the keys where it has."""
        wrong: dict[str, _Wrong] = {}
        for path in self._bad:
            if len(path) > 1 and path[0] == section:
                name, key, inner = (*map(str, path[1:4]), "", "")[:3]
                wrong.setdefault(name, {}).setdefault(key, set()).add(inner)
        return wrong

    def _sound_part(self, wrong: _Wrong, node: Node) -> Map | None:
        """Return a step without what is wrong in it, None when that is no step any more."""
        if not isinstance(node, Map) or "" in wrong:
            return None
        part = _without({key for key in wrong if key not in _BY_ENTRY or "" in wrong[key]}, node)
        for key in _BY_ENTRY & wrong.keys() & part.values.keys():
            inner = part.values[key]
            part.values[key] = _without(wrong[key], inner) if isinstance(inner, Map) else inner
        if not self._is_whole:
            part = _without({name for _, name, value in entries(part) if not is_sound(value)}, part)
        return part if ("app" in part.values) != ("values" in part.values) else None

    def _params(self) -> dict[str, Param]:
        before = len(self._reader.problems)
        node, skipped = self._root.values.get("params"), self._bad_names("params")
        params = parse_params(self._reader, node, skipped)
        is_whole = node is None or (isinstance(node, Map) and not node.partial)
        if not is_whole or len(params) != len(entries(node)) or len(self._reader.problems) > before:
            self.unsound.add(("params",))
        return params

    def _secrets(self) -> tuple[str, ...]:
        node = self._section("secrets")
        if node is None and "secrets" in self._root.values:
            self.unsound.add(("secrets",))
        return tuple(self._reader.text(item) or "" for item in items(node))

    def _outputs(self) -> Fields:
        node, before = self._section("outputs"), len(self._reader.problems)
        outputs = self._reader.fields(node) if node else {}
        return outputs if len(self._reader.problems) == before else {}

    def _twice(self, steps: Mapping[str, Step], final_steps: Mapping[str, Step]) -> None:
        for name in steps.keys() & final_steps.keys():
            final = self._root.values["finally"]
            assert isinstance(final, Map)
            self.unsound.add(("steps", name))
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


def _without(names: Collection[str], node: Map) -> Map:
    """Return a map without the entries of these names."""
    part = Map(node.start)
    part.end = node.end
    for key, name, value in entries(node):
        if name not in names:
            part.keys.append(key)
            part.values[name] = value
    return part


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
