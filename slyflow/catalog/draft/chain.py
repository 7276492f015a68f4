"""What each app of a chain is launched on: what an app before it makes, or a param that a run is given."""

from collections.abc import Mapping

from slyflow.catalog.draft.chosen import Chosen, family_of
from slyflow.catalog.draft.naming import free_id
from slyflow.catalog.target import find_target
from slyflow.model.artifact import Kind
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.emit import Code

_KINDS = {"files_file": Kind.FILE, "files_folder": Kind.FOLDER}
_OUTPUT_NAMES = {Kind.FILE: "archive"}


@record(frozen=True)
class Held:
    """Something that a later app may be launched on; `step` makes it, or a param names it (None).

    `families` are those that its project may be of; empty = any.
    """

    kind: Kind | str
    source: str
    families: frozenset[str]
    step: str | None


class Chain:
    """The apps so far: the outputs that later ones read, by step, and the params that were needed."""

    def __init__(self) -> None:
        self.outputs: dict[str, dict[str, str]] = {}
        self.params: dict[str, Mapping[str, Json]] = {}
        self._held: list[Held] = []

    def link(self, step: str, app: Chosen) -> Mapping[str, Code] | None:
        """Return the step's target, None when the app is launched without one."""
        self.outputs[step] = {}
        target, held = self._fed(app) or self._asked(step, app) or (None, None)
        families = app.families
        if target is not None and (family := family_of(target)):
            families = frozenset((family,))
        # The likeliest last: what is looked through first is the end of the list.
        for kind in reversed(app.makes):
            name = _OUTPUT_NAMES.get(kind, str(kind))
            self._held.append(Held(kind, f"steps.{step}.outputs.{name}", families, step))
        if target is None or held is None:
            return None
        if held.step is not None:
            self.outputs[held.step][_OUTPUT_NAMES.get(Kind(held.kind), str(held.kind))] = str(held.kind)
        return {target: Code(held.source)}

    def _fed(self, app: Chosen) -> tuple[str, Held] | None:
        """Return the target that something fits which is there already, the newest first."""
        for held in reversed(self._held):
            for target in app.interface.targets:
                family = family_of(target)
                if _kind(target) == held.kind and not (
                    family and held.families and family not in held.families
                ):
                    return target, held
        return None

    def _asked(self, step: str, app: Chosen) -> tuple[str, Held] | None:
        """Return the app's first target and a new param for it, None where none is needed."""
        known = [target for target in app.interface.targets if find_target(target)]
        if app.interface.from_ecosystem or not known:
            return None
        target = known[0]
        kind, found = _kind(target), find_target(target)
        assert found is not None
        name = str(kind) if str(kind) not in self.params else f"{step}_{kind}"
        name = free_id(name, self.params)
        shape: dict[str, Json] = {"type": "integer", "minimum": 1}
        if found.by_path:
            shape = {"type": "string", "pattern": "^(/|agent://)"}
        self.params[name] = {**shape, "description": found.takes.capitalize()}
        family = family_of(target)
        held = Held(kind, f"params.{name}", frozenset((family,)) if family else frozenset(), None)
        self._held.append(held)
        return target, held


def _kind(target: str) -> Kind | str:
    """Return the kind of artifact that a target takes, another target's own name."""
    if family_of(target):
        return Kind(target.rpartition("_")[2])
    return _KINDS.get(target, target)
