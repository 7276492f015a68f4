"""Files to check: pipelines, and for actionlint workflows of GitHub with as many lines and references."""

from collections.abc import Callable
from pathlib import Path

LINES_OF_STEP = 10
LINES_AROUND = 5


def pipeline(steps: int) -> str:
    """Return a pipeline of steps of ten lines, each with a reference to the one before."""
    head = "slyflow: 1\nname: made\ndescription: Made for measuring\n# as long as a workflow's\nsteps:\n"
    return head + "".join(map(_step, range(steps)))


def workflow(steps: int) -> str:
    """Return a workflow of steps of ten lines, each with a reference to the one before."""
    head = "on: workflow_dispatch\njobs:\n  made:\n    runs-on: ubuntu-latest\n    steps:\n"
    return head + "".join(map(_workflow_step, range(steps)))


def workflow_of(lines: int) -> str:
    """Return a workflow of as many steps as fit into `lines` lines, filled up by comments."""
    text = workflow((lines - LINES_AROUND) // LINES_OF_STEP)
    return text + "# as long as the pipeline\n" * (lines - text.count("\n"))


def short_pipeline(steps: int) -> str:
    """Return a pipeline of steps of three lines: 100,000 of them stay below the largest allowed file."""
    return "slyflow: 1\nsteps:\n" + "".join(map(_short_step, range(steps)))


def locked_pipeline(folder: Path, steps: int, locked: int) -> Path:
    """Write a pipeline beside a lock that holds more than its apps; return its path.

    Each step's target, arguments and condition have types that only the lock and the step before tell.
    """
    folder.mkdir()
    (folder / "slyflow.lock").write_text(_LOCK + "".join(map(_locked_app, range(locked))))
    file = folder / "pipeline.yaml"
    file.write_text(_LOCKED_HEAD + "".join(map(_locked_step, range(steps))))
    return file


def many(folder: Path, text: Callable[[int], str], files: int, steps: int) -> list[str]:
    """Write files of that many steps and return their paths."""
    folder.mkdir()
    content = text(steps)
    paths = [folder / f"{number:04}.yaml" for number in range(files)]
    for path in paths:
        path.write_text(content)
    return list(map(str, paths))


def _before(number: int) -> str:
    return f"${{{{ steps.s{number - 1}.outputs.session }}}}" if number else "none"


def _step(number: int) -> str:
    return (
        f"  s{number}:\n"
        f"    description: Step {number} of the file\n"
        f"    app: ecosystem/app-{number % 50}@v1.2.3\n"
        "    target: {images_project: 12345}\n"
        "    arguments:\n"
        "      threshold: 0.5\n"
        f'      name: "step number {number}"\n'
        f'      previous: "{_before(number)}"\n'
        "    allow_failure: false\n"
        "    timeout: 2h\n"
    )


def _workflow_step(number: int) -> str:
    return (
        f"      - id: s{number}\n"
        f"        name: Step {number} of the file\n"
        f"        uses: ecosystem/app-{number % 50}@v1.2.3\n"
        "        with:\n"
        "          project: 12345\n"
        "          threshold: 0.5\n"
        f'          name: "step number {number}"\n'
        f'          previous: "{_before(number)}"\n'
        "        continue-on-error: false\n"
        "        timeout-minutes: 120\n"
    )


def _short_step(number: int) -> str:
    app = f"ecosystem/app-{number % 50}@v1.2.3"
    return f'  s{number}:\n    app: {app}\n    arguments: {{previous: "{_before(number)}"}}\n'


_LOCKED_HEAD = """slyflow: 1
params:
  images: {type: integer, default: 5}
  count: {type: integer, default: 3, minimum: 1}
steps:
"""


def _locked_step(number: int) -> str:
    images = f"steps.s{number - 1}.outputs.images" if number else "params.images"
    return (
        f"  s{number}:\n"
        f"    app: me/app-{number}\n"
        f'    if: "${{{{ params.count > {number} }}}}"\n'
        f'    target: {{images_project: "${{{{ {images} }}}}"}}\n'
        '    arguments: {count: "${{ params.count }}", filter: "of ${{ run.id }}"}\n'
        "    outputs: {images: project}\n"
    )


_LOCK = 'slyflow_lock: 1\ninstance: "https://app.example.com"\napps:\n'


def _locked_app(number: int) -> str:
    return (
        f"  me/app-{number}:\n"
        "    arguments:\n"
        '      count: {"type": "integer", "default": 3}\n'
        '      filter: {"type": "string", "default": "all"}\n'
        '    asked: "newest"\n'
        f'    config_sha256: "{number:064}"\n'
        '    description: "Does this and that"\n'
        "    from_ecosystem: false\n"
        "    headless: true\n"
        '    min_instance_version: "6.9.0"\n'
        f"    module_id: {number + 1}\n"
        '    name: "App"\n'
        '    pipelines: ["pipeline.yaml"]\n'
        '    release: "v1.0.0"\n'
        f'    slug: "me/app-{number}"\n'
        '    targets: ["images_project"]\n'
    )
