"""An app moved to another release: in the lock, and in the text of pipelines that name its version."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slyflow.catalog.check import check_app_step
from slyflow.catalog.lock import Lock, LockedApp, asked_for
from slyflow.catalog.lockfile import shown
from slyflow.catalog.repin import repinned
from slyflow.cli.lockfile import interface_changes
from slyflow.errors import UsageError
from slyflow.graph.checked import count, problems_of
from slyflow.model.pipeline import AppAction, AppRef, Pipeline, Step
from slyflow.problem import Problem, has_errors, in_order
from slyflow.record import record
from slyflow.report.line import Line, Part
from slyflow.syntax.load import Loaded, load_source
from slyflow.text import did_you_mean


@record(frozen=True)
class Move:
    """One entry of the lock, as it is and as it would be; `asked` and `now_asked` are its keys."""

    asked: str
    before: LockedApp
    now: LockedApp

    @property
    def now_asked(self) -> str:
        """The key that the entry will have: a version in it changes along."""
        if self.before.asked != "version":
            return self.asked
        return self.asked.removesuffix(f"@{self.before.release}") + f"@{self.now.release}"

    @property
    def is_one(self) -> bool:
        """Whether anything changes."""
        return self.before != self.now


@record(frozen=True)
class Edit:
    """A pipeline file: its text as it would be, the same where nothing in it changes, and new problems."""

    path: Path
    loaded: Loaded
    text: str
    problems: Sequence[Problem]


def entries_of(lock: Lock, app: str) -> Mapping[str, LockedApp]:
    """Return the entries of an app, named by its slug or as pipelines ask for it; UsageError if none."""
    found = {asked: one for asked, one in lock.apps.items() if app in (one.slug, asked)}
    if not found:
        known = sorted({one.slug for one in lock.apps.values()})
        raise UsageError(f'app "{app}" is not in {lock.path}{did_you_mean(app, known)}')
    return found


def moved(lock: Lock, moves: Sequence[Move]) -> Lock:
    """Return the lock as it would be; entries that become one are one, for the pipelines of both."""
    gone = {move.asked for move in moves}
    apps = {asked: app for asked, app in lock.apps.items() if asked not in gone}
    for move in moves:
        known = apps.get(move.now_asked)
        names = {*move.now.pipelines, *(known.pipelines if known else ())}
        apps[move.now_asked] = replace(move.now, pipelines=tuple(sorted(names)))
    return replace(lock, apps=apps)


def lines_of(moves: Sequence[Move]) -> list[Line]:
    """Return the moves for a person: which releases, and what the app takes more, less and otherwise."""
    lines: list[Line] = []
    for move in moves:
        lines.append((Part(move.asked, "strong"), f"  {move.before.release} → {move.now.release}"))
        lines += interface_changes(move.before, move.now) or [
            ("      ", Part("what it takes does not change", "dim"))
        ]
    return lines


def edits_of(moves: Sequence[Move], folder: Path, cwd: str) -> list[Edit]:
    """Return what changes in the pipelines of the moves, which lie in the lock's `folder`.

    UsageError for a pipeline that cannot be read or edited.
    """
    names = sorted({name for move in moves for name in move.before.pipelines})
    files = [str(folder / name) for name in names if (folder / name).is_file()]
    return [_edit(Path(shown(file, cwd)), moves) for file in files]


def _edit(path: Path, moves: Sequence[Move]) -> Edit:
    loaded, _, problems = problems_of(str(path))
    if loaded.pipeline is None or has_errors(problems):
        raise UsageError(f"{path}: {count(problems)}", hint=f"see: slyflow validate {path}")
    text = loaded.source
    for move in moves:
        if move.before.asked == "version" and move.now_asked != move.asked:
            refs = [ref for _, ref in _steps(loaded.pipeline, move)]
            text = repinned(text, refs, move.now.release)
    if text != loaded.source:
        _verify(path, loaded, text, moves)
    found = [problem for move in moves for problem in _new_problems(loaded.pipeline, move)]
    return Edit(path, loaded, text, in_order(found))


def _steps(pipeline: Pipeline, move: Move) -> list[tuple[Step, AppRef]]:
    return [
        (step, step.action.app)
        for step in pipeline.all_steps.values()
        if isinstance(step.action, AppAction) and asked_for(step.action.app) == move.asked
    ]


def _new_problems(pipeline: Pipeline, move: Move) -> list[Problem]:
    """Return what the new release makes wrong in the steps that use the app."""
    found: list[Problem] = []
    for step, _ in _steps(pipeline, move):
        known = check_app_step(step, move.before)
        found += [problem for problem in check_app_step(step, move.now) if problem not in known]
    return found


def _verify(path: Path, loaded: Loaded, text: str, moves: Sequence[Move]) -> None:
    """UsageError unless the new text says the same as the old one but for the versions."""
    before, now = loaded.pipeline, load_source(text, str(path), loaded.files).pipeline
    if before is None or now is None or _without_versions(before, moves) != _without_versions(now, moves):
        raise UsageError(f"{path} cannot be edited safely", hint="change the version there yourself")


def _without_versions(pipeline: Pipeline, moves: Sequence[Move]) -> Pipeline:
    """Return a pipeline in which the apps that are moved have no version."""
    keys = {key for move in moves for key in (move.asked, move.now_asked)}

    def plain(step: Step) -> Step:
        if not isinstance(step.action, AppAction) or asked_for(step.action.app) not in keys:
            return step
        return replace(step, action=replace(step.action, app=replace(step.action.app, version=None)))

    return replace(
        pipeline,
        steps={name: plain(step) for name, step in pipeline.steps.items()},
        final_steps={name: plain(step) for name, step in pipeline.final_steps.items()},
    )
