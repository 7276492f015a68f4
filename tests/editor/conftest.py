"""A YAML language server from npm, installed for these tests alone."""

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PACKAGE = "yaml-language-server@2.0.0"


@pytest.fixture(scope="session")
def server_command(pytestconfig: pytest.Config) -> list[str]:
    """Return the command of the server; it is installed once, into the cache of pytest.

    Skipped where there is no node, or no way to install it.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed: no language server to ask")
    folder = pytestconfig.cache.mkdir(PACKAGE.replace("@", "-"))
    server = folder / "node_modules" / ".bin" / "yaml-language-server"
    if not server.exists():
        _install(npm, folder)
    return [node, str(server), "--stdio"]


def _install(npm: str, folder: Path) -> None:
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-save", f"--cache={folder / 'downloads'}")
    done = subprocess.run(
        [npm, "install", "--fetch-retries=1", *options, f"--prefix={folder}", PACKAGE],
        capture_output=True,
        text=True,
        timeout=300,
        env=_environment(),
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"{PACKAGE} cannot be installed: {done.stderr.strip()[-500:]}")


def _environment() -> dict[str, str]:
    """Return the environment, in which npm trusts what this system trusts beside its own list."""
    certificates = ssl.get_default_verify_paths().cafile or SYSTEM_CERTIFICATES
    given = {"NODE_EXTRA_CA_CERTS": certificates} if Path(certificates).exists() else {}
    return {**given, **os.environ}
