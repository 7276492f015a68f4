"""One app: what it is, and what it takes."""

from collections.abc import Iterator

from slyflow.catalog.example import example
from slyflow.catalog.freezing import thawed
from slyflow.catalog.module import Module
from slyflow.catalog.target import find_target
from slyflow.cli.console import Console
from slyflow.report.line import Line, Part, columns, draw
from slyflow.text import plural

_LONGEST = 100


def show(module: Module, console: Console, *, as_json: bool) -> int:
    """Print one app's version, targets and arguments; return 0."""
    if as_json:
        console.json(
            {
                "slug": module.slug,
                "module_id": module.id,
                "version": module.version,
                "name": module.name,
                "targets": list(module.targets),
                "arguments": thawed(module.interface.arguments),
                "headless": module.interface.headless,
                "releases": [release.version for release in module.releases],
                "repository": module.repository_url or module.repository,
            }
        )
    else:
        console.lines(_lines(module))
    return 0


def arguments(module: Module, console: Console, *, as_json: bool) -> int:
    """Print what an app takes, as comments above a pipeline that launches it; return 0."""
    if as_json:
        console.json(
            {
                "slug": module.slug,
                "module_id": module.id,
                "version": module.version,
                "from_ecosystem": module.from_ecosystem,
                "targets": [
                    {
                        "name": name,
                        "key": target.key if target else None,
                        "takes": target.takes if target else None,
                    }
                    for name in module.targets
                    for target in (find_target(name),)
                ],
                "arguments": [
                    {"name": one.name, "kind": one.kind, "default": thawed(one.default)}
                    for one in module.modal_arguments
                ],
                "pipeline": example(module),
            }
        )
    else:
        # The whole output is a pipeline file: it can be redirected into one.
        for line in _comments(module):
            console.text(f"# {draw(line, color=False)}".rstrip())
        console.text(example(module))
    return 0


def _lines(module: Module) -> list[Line]:
    lines: list[Line] = [(Part(module.slug, "strong"), f"@{module.version}  {module.name}")]
    if not module.interface.headless:
        lines.append(("  it has a page of its own and may wait for a click",))
    lines.append((Part("  targets  ", "dim"), ", ".join(module.targets) or "none"))
    lines.append((Part("  arguments  ", "dim"), plural(len(module.modal_arguments), "argument")))
    return [*lines, *columns([(f"    {one.name}", one.shown) for one in module.modal_arguments])]


def _comments(module: Module) -> Iterator[Line]:
    yield (f"{module.name}: {module.slug}@{module.version}",)
    if not module.interface.headless:
        yield ("It has a page of its own and may wait for a click.",)
    if module.targets:
        yield ("Launched on one of:" if not module.from_ecosystem else "Launched as it is, or on one of:",)
        yield from columns([(f"  {name}", _takes(name)) for name in module.targets])
    yield ("Arguments, with kind and default:" if module.modal_arguments else "No arguments.",)
    yield from columns([(f"  {one.name}", one.kind, _short(one.shown)) for one in module.modal_arguments])


def _takes(name: str) -> str:
    target = find_target(name)
    return target.takes if target else "not known to slyflow"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
