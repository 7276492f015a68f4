"""Writes `docs/problems.md` from the codes and their explanations: `python -m tests.docs.problempage`."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from slyflow.catalog.check import check_app_step
from slyflow.catalog.config import read_interface
from slyflow.catalog.lockfile import Locks
from slyflow.code import codes
from slyflow.model.interface import App
from slyflow.problem import Problem, in_order
from slyflow.report.explanation import Example, Explanation, explanations
from slyflow.report.problems import render
from slyflow.running.linted import linted
from slyflow.running.locked import held
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "problems.md"
NAME = "pipeline.yaml"
_HEAD = """\
# Problems

Everything that slyflow can find wrong with a pipeline file, by its code. `slyflow explain CODE` prints a
part of this page. Codes never change their meaning.

Warnings, and errors that are a judgement ({judgements}), can be ignored by a comment at the end of
the line, or on a line of its own above it, which says why:

```yaml
arguments: {side: "256"}  # slyflow: ignore[SLY410] the app reads texts too
```

Errors forbid a run. Warnings do not, unless `--strict` takes them as errors. Opinions (SLY5xx) are told by
`slyflow validate` alone, of files without errors; a run has none. The numbers tell what a problem
is about:

| codes | about |
|---|---|
"""
_GROUPS = (
    "the file and its YAML",
    "keys and values",
    "expressions",
    "the order of steps",
    "apps",
    "opinions",
)


def check(example: Example, folder: Path, *, pedantic: bool = False) -> tuple[str, list[Problem]]:
    """Return the example as text, which is saved in `folder`, and everything wrong with it."""
    (folder / NAME).write_bytes(example.text.encode(example.encoding))
    for name, text in example.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with chdir(folder):
        found = linted(held(NAME, Locks(str(folder))), pedantic=pedantic)
    loaded, problems = found.loaded, list(found.problems)
    if example.config is not None:
        assert loaded.pipeline is not None
        app = App("acme/app", 1, "v1.0.0", "App", read_interface(example.config))
        for step in loaded.pipeline.steps.values():
            problems += check_app_step(step, app)
    return loaded.source, in_order(problems)


def page() -> str:
    """Return the whole page."""
    parts: list[str] = []
    for one in explanations().values():
        with TemporaryDirectory() as folder:
            parts += _part(one, Path(folder))
    groups = [f"| SLY{number}xx | {about} |" for number, about in enumerate(_GROUPS)]
    judgements = ", ".join(one.id for one in codes() if one.is_forgivable and one.severity == "error")
    head = _HEAD.replace("{judgements}", judgements)
    return "\n".join([head + "\n".join(groups), *_contents(), *parts]) + "\n"


def _contents() -> Iterator[str]:
    yield ""
    yield "| code | | |"
    yield "|---|---|---|"
    for one in codes():
        yield f"| [{one.id}](#{one.id.lower()}) `{one.slug}` | {one.severity} | {one.title} |"


def _part(one: Explanation, folder: Path) -> Iterator[str]:
    code = one.code
    yield ""
    yield f'## <a id="{code.id.lower()}"></a>{code.id} {code.slug}'
    yield ""
    yield f"*{code.severity.capitalize()}: {code.title}.*"
    yield ""
    yield one.cause
    if one.example is not None:
        source, problems = check(one.example, folder, pedantic=code.is_pedantic)
        yield from ("", "```yaml", _visible(one.example.text).rstrip("\n"), "```")
        told = render(problems, {NAME: source}, color=False)
        yield from ("", "```text", told.rstrip("\n"), "```")
    yield ""
    yield f"**Remedy.** {one.remedy}"


def _visible(text: str) -> str:
    """Return a text in which nothing is invisible but line ends and spaces."""
    return "".join(
        character if character.isprintable() or character == "\n" else f"⟨U+{ord(character):04X}⟩"
        for character in text
    )


if __name__ == "__main__":
    temporary = PAGE.with_suffix(".tmp")
    temporary.write_text(page(), encoding="utf-8")
    temporary.replace(PAGE)
