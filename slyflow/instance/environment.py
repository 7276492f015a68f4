"""Which interpreter runs an app: the server's own when it has what the app requires, else one made for it."""

import asyncio
import hashlib
import importlib.util
import re
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import slyflow
from slyflow.instance.guardian import Command

_FILES = ("requirements.txt", "dev_requirements.txt")
_SDK = re.compile(rb"^\s*(?:import|from)\s+supervisely\b", re.MULTILINE)
_READY = ".ready"
# Apps of the SDK's older engine do nothing, and say so nowhere, with another protobuf.
_OLD_ENGINE = re.compile(rb"\bAppService\b")
_OLD_PROTOBUF = "protobuf>=3.19.5,<=3.20.3"
# Agents bring it; apps import distutils, which Python has no more, and pkg_resources from it.
_BESIDE_SDK = "setuptools<81"
# What `slyflow.client` imports when an app uses it from an environment of its own.
_CLIENT_NEEDS = ("packaging>=24", "requests>=2.32")
_PIP_VARIABLES = re.compile(
    r"(PIP_.*|PATH|LANG|TZ|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|(?i:https?|no)_proxy)"
)

Execute = Callable[[Command], Awaitable[int | None]]


class EnvironmentFailed(Exception):
    """The app's environment could not be made; the message says which step failed."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python and the folders that an app finds modules in besides its own code."""

    python: Path
    extra_path: tuple[Path, ...] = ()


class Environments:
    """The environments below `folder`, one for each set of requirements, made when first needed."""

    def __init__(self, folder: Path, inherited: Mapping[str, str]) -> None:
        self._folder = folder
        self._inherited = {key: value for key, value in inherited.items() if _PIP_VARIABLES.fullmatch(key)}
        self._making: dict[str, asyncio.Lock] = {}
        self._required: dict[tuple[str, str], tuple[str, ...]] = {}
        self._satisfied: dict[tuple[str, ...], bool] = {}
        self._own = Interpreter(Path(sys.executable), (Path(slyflow.__file__).parents[1],))

    def at_hand(self, archive: str, config_dir: str) -> Interpreter | None:
        """Return what runs an app whose environment needs no making, where that is known already."""
        lines = self._required.get((archive, config_dir))
        return self._own if lines is not None and self._satisfied.get(lines) else None

    async def interpreter(self, code: Path, archive: str, config_dir: str, execute: Execute) -> Interpreter:
        """Return what runs the app in `code`, which is a copy of the archive with this sha256.

        `execute` runs a command as part of the session, its output in the session's log, and returns the
        exit code. EnvironmentFailed when pip or venv fail.
        """
        app = (archive, config_dir)
        if app not in self._required:
            self._required[app] = await asyncio.to_thread(required_by, code, config_dir)
        lines = self._required[app]
        if lines not in self._satisfied:
            self._satisfied[lines] = all(_is_satisfied(line) for line in lines)
        if self._satisfied[lines]:
            return self._own
        name = _name(lines)
        async with self._making.setdefault(name, asyncio.Lock()):
            folder = self._folder / name
            if not (folder / _READY).exists():
                await self._make(folder, lines, execute)
        return Interpreter(folder / "bin" / "python")

    async def _make(self, folder: Path, lines: Sequence[str], execute: Execute) -> None:
        # What a killed server left half made has no mark.
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        python = folder / "bin" / "python"
        # Our own pip, where there is one, installs elsewhere too: seconds faster than unpacking another.
        has_pip = importlib.util.find_spec("pip") is not None
        venv = ["-m", "venv", str(folder), *(["--without-pip"] if has_pip else [])]
        await self._step("python -m venv", [sys.executable, *venv], execute)
        uses_slyflow = any(map(_is_slyflow, lines))
        wanted = [line for line in lines if not _is_slyflow(line)] + list(
            _CLIENT_NEEDS if uses_slyflow else ()
        )
        wanted += [_BESIDE_SDK] if any(map(_is_sdk, lines)) else []
        if wanted:
            file = folder / "requirements.txt"
            file.write_text("\n".join(wanted) + "\n", "utf-8")
            pip = (
                [sys.executable, "-m", "pip", "--python", str(python)]
                if has_pip
                else [str(python), "-m", "pip"]
            )
            options = ["install", "--disable-pip-version-check", "--no-input", "-r", str(file)]
            await self._step("pip install", [*pip, *options], execute)
        if uses_slyflow:  # this very one, which a package index may not have
            for packages in folder.glob("lib/python3*/site-packages"):
                (packages / "slyflow").symlink_to(Path(slyflow.__file__).parent)
        (folder / _READY).touch()

    async def _step(self, what: str, argv: Sequence[str], execute: Execute) -> None:
        home = self._folder / "home"
        home.mkdir(mode=0o700, exist_ok=True)
        env = {**self._inherited, "HOME": str(home), "PYTHONUNBUFFERED": "1"}
        code = await execute(Command(argv, env, self._folder))
        if code != 0:
            raise EnvironmentFailed(
                f"the app's Python environment could not be made: {what} ended with {code}; "
                "its output is in this session's log"
            )


def required_by(code: Path, config_dir: str) -> tuple[str, ...]:
    """Return the lines of the app's requirements, as an agent finds them.

    requirements.txt beside the config or at the top, then dev_requirements.txt, then `supervisely` when
    the code imports it (such apps count on their docker image), else nothing.
    """
    lines = _listed(code, config_dir)
    sources = [path.read_bytes() for path in sorted(code.rglob("*.py"))]
    if lines is None:
        lines = ("supervisely",) if any(map(_SDK.search, sources)) else ()
    if any(map(_is_sdk, lines)) and any(map(_OLD_ENGINE.search, sources)):
        lines = (*lines, _OLD_PROTOBUF)
    return lines


def _listed(code: Path, config_dir: str) -> tuple[str, ...] | None:
    for name in _FILES:
        for folder in dict.fromkeys((code / config_dir, code)):
            path = folder / name
            if path.is_file():
                text = path.read_text("utf-8", "replace").replace("\\\n", " ")
                lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
                return tuple(line for line in lines if line)
    return None


def _is_satisfied(line: str) -> bool:
    """Say whether this interpreter has what a line asks; pip's options and addresses count as not."""
    # Not at the top: every start of a server would pay for what only apps with requirements need.
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        return False
    if wanted.marker is not None and not wanted.marker.evaluate():
        return True
    if _is_slyflow(line):
        return wanted.specifier.contains(slyflow.__version__, prereleases=True)
    if wanted.extras or wanted.url:
        return False
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return False
    return wanted.specifier.contains(found, prereleases=True)


def _is_slyflow(line: str) -> bool:
    return re.match(r"slyflow\b(?![-.\w])", line, re.IGNORECASE) is not None


def _is_sdk(line: str) -> bool:
    return re.match(r"supervisely\b(?![-.\w])", line, re.IGNORECASE) is not None


def _name(lines: Sequence[str]) -> str:
    text = "\n".join([sys.version, *lines])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
