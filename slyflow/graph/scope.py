"""The names an expression may use at its place in a pipeline, with their types."""

from collections.abc import Collection, Mapping

from slyflow.graph.place import Allow
from slyflow.model.artifact import Kind
from slyflow.model.pipeline import AppAction, Param, ParamType, Pipeline, Step, ValuesAction, When
from slyflow.record import record
from slyflow.syntax.expression.celtype import ANY_MAP, BOOL, DYN, INT, MAPS, STRING, Type, of_param
from slyflow.syntax.expression.checking import Declared, Unknown
from slyflow.text import suggest

# Words that one word, or those of one file, are compared with to find what was meant.
MOST_COMPARED = 5_000
_MOST_LISTED = 20
Path = tuple[str, ...]
Unsound = frozenset[Path]
"""The beginnings of names that may be anything, because what they name is wrong: `("steps", "a")`."""
OutputTypes = Mapping[tuple[str, str], Type]
"""(step, output) → the type of a value, as far as it was found out."""

_FIELDS: Mapping[str, Type] = {
    "id": Type("int", nullable=True),
    "path": Type("string", nullable=True),
    "name": Type("string", nullable=True),
    "url": Type("string", nullable=True),
}
_RUN: Mapping[str, Type] = {"id": STRING, "name": STRING, "started_at": STRING}
_FINAL_RUN: Mapping[str, Type] = {"status": STRING, "failures": MAPS}
_GROUPS: Mapping[str, Mapping[str, Type]] = {
    "instance": {"url": STRING},
    "user": {"id": INT},
    "workspace": {"id": INT, "team_id": INT},
    "session": {"id": INT, "url": STRING, "attempt": INT},
}
_STEP_FLAGS: Mapping[str, Type] = {"status": STRING, "succeeded": BOOL, "failed": BOOL, "skipped": BOOL}
_ONLY: Mapping[str, tuple[Allow, str]] = {
    "session": (Allow.SESSION, "outputs, node and success_when"),
    "task": (Allow.TASK, "outputs and success_when"),
    "response": (Allow.TASK, "outputs and success_when"),
    "outputs": (Allow.OUTPUTS, "success_when"),
}
# Names of other systems and languages.
_ELSEWHERE: Mapping[str, str] = {
    "needs": "steps",
    "jobs": "steps",
    "inputs": "params",
    "vars": "params",
    "env": "secrets",
    "True": "true",
    "False": "false",
    "None": "null",
    "nil": "null",
}
_FAN_OUT = frozenset({"matrix", "item", "index"})
_EVERYWHERE = ("params", "secrets", "run", "instance", "user", "workspace", "steps")


@record(frozen=True, slots=True)
class Names:
    """The names at one place of `step`, or in the pipeline's own `outputs` when that is None.

    `steps` are all steps of the pipeline, `types` what is known of values so far, `unsound` names may
    be anything. `told` problems were found before. `secrets` are the pipeline's.
    """

    pipeline: Pipeline
    secrets: Collection[str]
    steps: Mapping[str, Step]
    step: Step | None
    allow: Allow
    types: OutputTypes
    unsound: Unsound = frozenset()
    told: int = 0

    def find(self, path: Path) -> Declared | Unknown:
        """Return what the longest declared name at the start of `path` is, or why there is none."""
        root = path[0]
        if path[:1] in self.unsound or path[:2] in self.unsound:
            return Declared(DYN, len(path))
        if root in _ONLY and not _ONLY[root][0] & self.allow:
            return Unknown(f'"{root}" is known only in {_ONLY[root][1]}', "name-not-here")
        if root == "outputs" and self.step is not None and ("steps", self.step.id) in self.unsound:
            return Declared(DYN, len(path))
        match root:
            case "steps":
                return self._steps(path)
            case "outputs" if self.step is not None:
                return self._output(path, self.step, 1, nullable=False)
            case "task" | "response":
                return Declared(ANY_MAP if root == "task" else DYN, 1)
            case _:
                return self._member(path)

    def _member(self, path: Path) -> Declared | Unknown:
        match path[0]:
            case "params":
                params = self.pipeline.params
                if len(path) > 1 and path[1] in params:
                    return Declared(_param_type(params[path[1]]), 2)
                return self._one_of(path, params, "param", "declare it under params")
            case "secrets":
                if len(path) > 1 and path[1] in self.secrets:
                    return Declared(STRING, 2)
                return self._one_of(path, self.secrets, "secret", "declare it under secrets")
            case "run":
                return self._run(path)
            case root if root in _GROUPS:
                return self._of_group(path, _GROUPS[root])
            case root:
                return self._unknown(root)

    def _of_group(self, path: Path, types: Mapping[str, Type]) -> Declared | Unknown:
        if len(path) > 1 and path[1] in types:
            return Declared(types[path[1]], 2)
        return self._one_of(path, types, f"{path[0]} value", f"it has {', '.join(sorted(types))}")

    def _one_of(self, path: Path, known: Collection[str], noun: str, hint: str) -> Unknown:
        """Say why the second name of a path is none of those `known`."""
        if len(path) == 1:
            return Unknown(f"{path[0]} alone is no value; write {path[0]}.NAME", "unknown-name", hint=hint)
        near = self._near(path[1], known)
        return Unknown(f'unknown {noun} "{path[1]}"', "unknown-name", 1, None if near else hint, near)

    def _unknown(self, root: str) -> Unknown:
        if root in _FAN_OUT:
            return Unknown(
                f'"{root}" belongs to fan-out steps, which are not supported yet', "not-supported-yet"
            )
        here = [*_EVERYWHERE, *(name for name, (allow, _) in _ONLY.items() if allow & self.allow)]
        return Unknown(
            f'unknown name "{root}"',
            "unknown-name",
            hint=f"names here begin with {', '.join(sorted(here))}",
            suggestion=self._meant(root) or self._near(root, here),
        )

    def _meant(self, root: str) -> str | None:
        """Return what is right for a name that other systems have, or that lacks what stands before it."""
        if root in self.steps:
            return f"steps.{root}"
        if root in self.pipeline.params:
            return f"params.{root}"
        return _ELSEWHERE.get(root)

    def _near(self, word: str, known: Collection[str]) -> str | None:
        return suggest(word, known) if (1 + self.told) * len(known) <= MOST_COMPARED else None

    def _run(self, path: Path) -> Declared | Unknown:
        is_final = self.step is not None and self.step.is_final
        if len(path) > 1 and path[1] in _FINAL_RUN and not is_final:
            return Unknown(f'"run.{path[1]}" is known only in finally', "name-not-here", 1)
        return self._of_group(path, {**_RUN, **_FINAL_RUN} if is_final else _RUN)

    def _steps(self, path: Path) -> Declared | Unknown:
        if len(path) == 1:
            return Unknown("steps alone is no value; write steps.ID.outputs.NAME", "unknown-name")
        name = path[1]
        problem = self._unreadable(name)
        if problem is not None:
            return problem
        if len(path) == 2:
            return Unknown(f"steps.{name} alone is no value; add .outputs.NAME or .status", "unknown-name", 1)
        if path[2] in _STEP_FLAGS:
            return Declared(_STEP_FLAGS[path[2]], 3)
        if path[2] == "outputs":
            return self._output(path, self.steps[name], 3, nullable=self._may_be_null(self.steps[name]))
        if path[2] == "legs":
            message = "legs belong to fan-out steps, which are not supported yet"
            return Unknown(message, "not-supported-yet", 2)
        known = ("outputs", *_STEP_FLAGS)
        is_output = declares(self.steps[name], path[2])
        near = f"outputs.{path[2]}" if is_output else self._near(path[2], known)
        return Unknown(f'a step has no "{path[2]}"', "unknown-name", 2, f"it has {', '.join(known)}", near)

    def _unreadable(self, name: str) -> Unknown | None:
        """Say why the step of that name cannot be read here."""
        if name not in self.steps:
            return Unknown(
                f'unknown step "{name}"', "unknown-step", 1, suggestion=self._near(name, self.steps)
            )
        if self.step is None:
            return None
        if name == self.step.id:
            hint = "in success_when, outputs.NAME is the step's own output"
            return Unknown(f'step "{name}" refers to itself', "self-reference", 1, hint)
        if self.steps[name].is_final and not self.step.is_final:
            message = f'step "{name}" does not run before: it stands in finally'
            return Unknown(message, "step-not-before", 1)
        return None

    def _may_be_null(self, read: Step) -> bool:
        """Whether the outputs of a step may be read where it did not succeed."""
        reader = self.step
        if reader is None or read.allow_failure or reader.when is not When.SUCCESS:
            return True
        return reader.is_final and not read.is_final

    def _output(self, path: Path, step: Step, length: int, *, nullable: bool) -> Declared | Unknown:
        if len(path) == length:
            start = ".".join(path)
            return Unknown(f"{start} alone is no value; write {start}.NAME", "unknown-name", length - 1)
        name = path[length]
        if not declares(step, name):
            declared = outputs_of(step)
            message = f'step "{step.id}" declares no output "{name}"'
            few = sorted(declared)[:_MOST_LISTED]
            hint = f"it declares {', '.join(few)}" if declared else "it declares none"
            return Unknown(message, "undeclared-output", length, hint, self._near(name, declared))
        kind = output_kind(step, name)
        if kind is not Kind.VALUE and len(path) > length + 1 and path[length + 1] in _FIELDS:
            return Declared(_FIELDS[path[length + 1]], length + 2)
        found = self.types.get((step.id, name), DYN) if kind is Kind.VALUE else _kind_type(kind)
        if not found.nullable and (nullable or _is_optional(step, name)):
            found = Type(found.name, nullable=True)
        return Declared(found, length + 1)


def outputs_of(step: Step) -> Collection[str]:
    """Return the names of a step's outputs; every app step has `session`."""
    match step.action:
        case ValuesAction(values=values):
            return values.keys()
        case AppAction(outputs=outputs):
            return {**outputs, "session": None}


def declares(step: Step, output: str) -> bool:
    """Say whether a step has an output of that name."""
    action = step.action
    if isinstance(action, ValuesAction):
        return output in action.values
    return output in action.outputs or output == "session"


def output_kind(step: Step, name: str) -> Kind:
    """Return the kind of a declared output."""
    match step.action:
        case ValuesAction():
            return Kind.VALUE
        case AppAction(outputs=outputs):
            return outputs[name].kind if name in outputs else Kind.APP_SESSION


def _is_optional(step: Step, name: str) -> bool:
    match step.action:
        case AppAction(outputs=outputs) if name in outputs:
            return outputs[name].optional
        case _:
            return False


def _kind_type(kind: Kind) -> Type:
    return STRING if kind.by_path else INT


def _param_type(param: Param) -> Type:
    items = param.schema.get("items")
    element = items.get("type") if isinstance(items, Mapping) else None
    known: tuple[ParamType, ...] = ("string", "integer", "number", "boolean", "array", "object")
    return of_param(param.type, next((name for name in known if name == element), None))
