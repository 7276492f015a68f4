"""Files made to hang, crash or fill a check are refused within a second and 256 MB."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unmeasured import environment

SECONDS = 1.0
MEMORY = 256 * 2**20
HEAD = "slyflow: 1\nsteps:\n"
BAD = Path(__file__).parent.parent / "cases" / "bad"


def _laughs() -> str:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    return f"slyflow: 1\na0: &a0 [lol]\n{levels}"


def _merges() -> str:
    levels = "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}], k{n}: 1}}\n" for n in range(1, 30))
    return f"slyflow: 1\nm0: &m0 {{k: 1}}\n{levels}"


def _everyone_needs_everyone() -> str:
    names = [f"s{number}" for number in range(200)]
    return HEAD + "".join(
        f"  {name}: {{needs: [{', '.join(other for other in names if other != name)}], values: {{x: 1}}}}\n"
        for name in names
    )


def _chain() -> str:
    return HEAD + "".join(
        f"  s{number}: {{values: {{x: '${{{{ steps.s{number + 1}.outputs.x }}}}'}}}}\n"
        for number in range(5_000)
    )


def _expressions(source: str) -> str:
    return HEAD + "".join(f'  s{number}: {{values: {{x: "${{{{ {source} }}}}"}}}}\n' for number in range(40))


HOSTILE: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "billion laughs (S1)": (_laughs, "SLY002"),
    "doubled merge keys (S2)": (_merges, "SLY016"),
    "32,000 brackets (S3)": (lambda: "[" * 32_000, "SLY019"),
    "5,000 brackets (S3)": (lambda: HEAD + "  a: " + "[" * 5_000 + "]" * 5_000, "SLY019"),
    "3,000 nested maps (S4)": (lambda: "".join(f"{' ' * depth}a:\n" for depth in range(1_400)), "SLY019"),
    "duplicate keys (S5)": (lambda: HEAD + "  train: {values: {x: 1}}\n" * 5_000, "SLY014"),
    "recursive alias (S8)": (lambda: "slyflow: &a [*a]", "SLY018"),
    "10 MB scalar (S9)": (lambda: "slyflow: 1\nname: " + "x" * 10_000_000, "SLY002"),
    "scalar of 1 MB (S9)": (lambda: "slyflow: 1\nname: " + "x" * 1_000_000, "SLY002"),
    "200,000 keys (S9)": (lambda: "".join(f"k{n}: 1\n" for n in range(90_000)), "SLY002"),
    "5,000 digits (S10)": (
        lambda: f"slyflow: {'9' * 5_000}\nsteps: {{a: {{values: {{x: 1e999}}}}}}",
        "SLY020",
    ),
    "UTF-16 (S11)": (lambda: "slyflow: 1".encode("utf-16"), "SLY003"),
    "mark and null (S11)": (lambda: b"\xef\xbb\xbfslyflow: \0", "SLY005"),
    "not UTF-8 (S11)": (lambda: b"\xff" * 1_000_000, "SLY003"),
    "everyone needs everyone (S15)": (_everyone_needs_everyone, "SLY304"),
    "long chain (S16)": (_chain, "SLY301"),
    "chain of 100,000 (S16)": (
        lambda: HEAD + "".join(f"  s{n}: {{needs: [s{n + 1}], values: {{x: 1}}}}\n" for n in range(100_000)),
        "SLY002",
    ),
    "format of a gigabyte (S20)": (lambda: _expressions("'%1000000000d' + 'a' * 1000000000"), "SLY202"),
    "deep expression (S20)": (lambda: _expressions("(" * 400 + "1" + ")" * 400), "SLY201"),
    "chain of operators (S20)": (lambda: _expressions("1" + "+1" * 400), "SLY201"),
    "exponential pattern (S20)": (
        lambda: (
            f"slyflow: 1\nparams: {{s: {{type: string, pattern: '(a+)+$', default: {'a' * 4_000}b}}}}\n"
            "steps: {a: {values: {x: 1}}}\n"
        ),
        "SLY104",
    ),
    "repeated pattern (S20)": (
        lambda: (
            "slyflow: 1\nparams: {s: {type: string, pattern: '((a{100}){100}){100}'}}\n"
            "steps: {a: {values: {x: 1}}}\n"
        ),
        "SLY113",
    ),
    "9,000 unknown keys": (
        lambda: HEAD + "  a:\n" + "".join(f"    k{n}s: 1\n" for n in range(9_000)),
        "SLY102",
    ),
    "open quotes": (lambda: HEAD + '  a: {values: {x: "}}\n' * 5_000, "SLY014"),
    "open brackets": (lambda: HEAD + "  a: [\n" * 5_000, "SLY019"),
    "spaces": (lambda: HEAD + " " * 1_000_000, "SLY105"),
    "comments": (lambda: HEAD + "# slyflow: ignore[SLY202] x\n" * 30_000, "SLY105"),
    "tabs": (lambda: HEAD + "  a: {\n" + "\tx:\n" * 10_000, "SLY008"),
    "12,000 outputs of one step read, and one that it lacks": (
        lambda: (
            "slyflow: 1\nsteps:\n  a: {app: a/b@v1, outputs: {"
            + ", ".join(f"o{n}: file" for n in range(12_000))
            + "}}\n  b: {app: a/b@v1, arguments: {"
            + ", ".join(f"k{n}: '${{{{ steps.a.outputs.o{n} }}}}'" for n in range(1, 12_001))
            + "}}\n"
        ),
        "SLY205",
    ),
    "12,000 secrets read, and one that is not declared": (
        lambda: (
            f"slyflow: 1\nsecrets: [{', '.join(f'S{n}' for n in range(12_000))}]\nsteps: {{a: {{values: {{"
            + ", ".join(f"k{n}: '${{{{ secrets.S{n} }}}}'" for n in range(1, 12_001))
            + "}}}\n"
        ),
        "SLY203",
    ),
    "params and secrets nobody has": (
        lambda: (
            "slyflow: 1\nparams:\n"
            + "".join(f"  kubernetes_{n}: {{type: string}}\n" for n in range(1_000))
            + "steps: {a: {values: {"
            + ", ".join(f"k{n}: '${{{{ params.kubernetis_{n} }}}}'" for n in range(5_000))
            + "}}}\n"
        ),
        "SLY203",
    ),
}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # The hard stop; the seconds themselves are measured.
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_file_is_refused_in_time_and_memory(name: str, tmp_path: Path) -> None:
    # On a loaded machine the same work takes twice the CPU time now and then.
    assert any(_seconds(name, tmp_path) < SECONDS for _ in range(3))


def _seconds(name: str, tmp_path: Path) -> float:
    make, code = HOSTILE[name]
    content = make()
    (tmp_path / "pipeline.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    script = (
        "import resource, sys\n"
        "from slyflow.cli.main import main\n"
        "from slyflow.cli.console import Console\n"
        "from slyflow.cli.context import Context\n"
        "context = Context(Console(sys.stdout, sys.stderr, {}), {}, '.', bytes)\n"
        "code = main(['validate', 'pipeline.yaml'], context)\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "sys.stderr.write(f'{code} {used.ru_utime + used.ru_stime}')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limit,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    exit_code, seconds = ended.stderr.split()
    assert exit_code == "2", ended.stdout[-500:]
    assert code in ended.stdout
    return float(seconds)
