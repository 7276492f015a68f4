"""A real fish is asked what it offers for real lines."""

import os
import subprocess
from pathlib import Path

from tests.cli.completing.shell import need

# What each line is offered; some releases of fish tell it quoted as on the line.
OFFERED = {
    "slyflow val": ["validate\tcheck pipeline files"],
    "slyflow run my\\ f": ["my file.yaml"],
    'slyflow run "my': ["my file.yaml"],
    "slyflow run sub/": ["sub/b.yaml"],
    "slyflow run --instance=em": ["--instance=embedded"],
    "slyflow run my\\ file.yaml -p mo": ["mode=\tHow it is done"],
    "slyflow run a.yaml -p mode=f": ["mode=fast"],
    "slyflow run a.yaml -p ": [
        "mode=\tHow it is done",
        "share=",
        "strict=",
        "word=",
    ],
    "slyflow run none": [],
}


def test_lines_are_offered_what_fits(folder: Path, commands: Path) -> None:
    asked = "".join(f"; echo '>'; complete -C {_quoted(line)}" for line in OFFERED)
    ended = subprocess.run(
        [need("fish"), "--no-config", "-c", f"slyflow completion fish | source{asked}"],
        cwd=folder,
        env={**os.environ, "PATH": f"{commands}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stderr == ""
    found = [part.split("\n")[1:-1] for part in ended.stdout.replace("\\ ", " ").split(">")[1:]]
    assert dict(zip(OFFERED, found, strict=True)) == OFFERED


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
