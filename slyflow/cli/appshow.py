"""One app: what it is, and what it takes."""

import re

from slyflow.catalog.draft.chosen import choose
from slyflow.catalog.draft.first import first_pipeline
from slyflow.catalog.freezing import thawed
from slyflow.catalog.module import Module
from slyflow.catalog.target import find_target
from slyflow.cli.console import Console
from slyflow.model.value import Json
from slyflow.report.line import Line, Part, columns
from slyflow.text import plural

# As the language has them.
_SLUG = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+")
_VERSION = re.compile(r"[A-Za-z0-9_.+-]+")


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
    pipeline = _pipeline(module)
    if as_json:
        console.json(
            {
                "slug": module.slug,
                "module_id": module.id,
                "version": module.version,
                "from_ecosystem": module.from_ecosystem,
                "targets": [_target(name) for name in module.targets],
                "arguments": [
                    {"name": one.name, "kind": one.kind, "default": thawed(one.default)}
                    for one in module.modal_arguments
                ],
                "pipeline": pipeline,
            }
        )
    else:
        # The whole output is a pipeline file: it can be redirected into one.
        console.rendered(pipeline, console.out)
    return 0


def _lines(module: Module) -> list[Line]:
    lines: list[Line] = [(Part(module.slug, "strong"), f"@{module.version}  {module.name}")]
    if not module.interface.headless:
        lines.append(("  it has a page of its own and may wait for a click",))
    lines.append((Part("  targets  ", "dim"), ", ".join(module.targets) or "none"))
    lines.append((Part("  arguments  ", "dim"), plural(len(module.modal_arguments), "argument")))
    return [*lines, *columns([(f"    {one.name}", one.shown) for one in module.modal_arguments])]


def _target(name: str) -> Json:
    target = find_target(name)
    return {
        "name": name,
        "key": target.key if target else None,
        "takes": target.takes if target else None,
    }


def _pipeline(module: Module) -> str:
    chosen = choose(_reference(module), module.slug, module.config)
    return first_pipeline([chosen], module.arguments_help().split("\n")).text


def _reference(module: Module) -> Json:
    """Return what a step says under `app`: the slug, or the id of an app with an odd one."""
    version = module.version or ""
    if _SLUG.fullmatch(module.slug) and _VERSION.fullmatch(version):
        return f"{module.slug}@{version}"
    return {"module_id": module.id, **({"version": version} if _VERSION.fullmatch(version) else {})}
