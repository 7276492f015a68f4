"""Apps as a list: one line, or one JSON object, each."""

from collections.abc import Sequence

from slyflow.catalog.module import Module
from slyflow.cli.console import Console
from slyflow.report.line import Part, columns


def apps(found: Sequence[Module], console: Console, *, as_json: bool) -> int:
    """Print slug, newest version and name of each app, sorted by slug; return 0."""
    modules = sorted(found, key=lambda module: (module.slug, module.id))
    if as_json:
        console.json(
            [
                {"slug": one.slug, "name": one.name, "module_id": one.id, "version": _version(one)}
                for one in modules
            ]
        )
    elif modules:
        rows = [(Part(one.slug, "strong"), Part(_version(one) or "", "dim"), one.name) for one in modules]
        console.lines(columns(rows))
    else:
        console.note("no such apps; `slyflow apps add PATH` registers one on the embedded instance")
    return 0


def _version(module: Module) -> str | None:
    return module.latest_release.version if module.latest_release else None
