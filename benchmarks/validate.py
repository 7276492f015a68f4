"""`slyflow validate`: the quickstart and locked apps in a cold process, and a file of 10,000 steps."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import SLYFLOW, Result, environment, paired_medians

STEPS = 10_000
MEMORY = 120
"""MB that the large file may take."""


def run(scratch: Path) -> list[Result]:
    """Measure 25 pairs, and the large file once."""
    env = environment(scratch)
    bare = [sys.executable, "-c", "pass"]
    floor, ours = paired_medians(bare, [*SLYFLOW, "validate", "pipelines/quickstart.yaml"], env, 25)
    detail = f"{ours * 1000:.0f} ms against {floor * 1000:.0f} ms"
    cold = Result("validate, cold", ours / floor, 5.0, "x python -c pass", detail)
    return [cold, _locked(scratch, env, bare), _large(scratch, env)]


def _locked(scratch: Path, env: dict[str, str], bare: list[str]) -> Result:
    """Measure a pipeline of as many locked apps as the quickstart has steps, in a lock of 40."""
    folder = scratch / "locked"
    folder.mkdir()
    (folder / "slyflow.lock").write_text(_LOCK + "".join(map(_locked_app, range(40))))
    steps = "".join(
        f"  s{number}:\n    app: me/app-{number}\n    target: {{project: 5}}\n    arguments: {{count: 4}}\n"
        for number in range(8)
    )
    (folder / "p.yaml").write_text(f"slyflow: 1\nsteps:\n{steps}")
    floor, ours = paired_medians(bare, [*SLYFLOW, "validate", "--strict", str(folder / "p.yaml")], env, 25)
    detail = f"{ours * 1000:.0f} ms against {floor * 1000:.0f} ms"
    return Result("validate, locked", ours / floor, 5.0, "x python -c pass", detail)


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
        '    pipelines: ["p.yaml"]\n'
        '    release: "v1.0.0"\n'
        f'    slug: "me/app-{number}"\n'
        '    targets: ["images_project"]\n'
    )


def _large(scratch: Path, env: dict[str, str]) -> Result:
    file = scratch / "large.yaml"
    file.write_text(f"slyflow: 1\nsteps:\n{''.join(map(_step, range(STEPS)))}")
    command = [*SLYFLOW, "validate", "--large", str(file)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    seconds = used.ru_utime + used.ru_stime
    detail = f"{STEPS:,} steps in {seconds:.2f} s of CPU"
    return Result("validate, large", used.ru_maxrss / 1024, MEMORY, "MB", detail)


def _step(number: int) -> str:
    before = f"${{{{ steps.s{number - 1}.outputs.session }}}}" if number else "none"
    return (
        f"  s{number}:\n"
        f"    app: ecosystem/app-{number % 50}@v1.2.3\n"
        f"    target: {{images_project: 12345}}\n"
        f"    arguments:\n"
        f"      threshold: 0.5\n"
        f'      name: "step number {number}"\n'
        f'      previous: "{before}"\n'
        f"    timeout: 2h\n"
    )
