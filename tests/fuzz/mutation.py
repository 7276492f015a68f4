"""Files broken as people and accidents break them: from good and bad ones by some edits."""

from collections.abc import Callable, Sequence
from random import Random

from tests.emptied import REPOSITORY

_TOKENS: tuple[str, ...] = (
    *"{}[]:,#&*!|>'\"%@`-?=+$\\~^\t\r\n \0\x0b\x7f\x85\u2028\ufeff\u200b\u202e\U0001f34b",
    *(
        "${{",
        "}}",
        "$${{",
        ": ",
        "- ",
        " #",
        "<<: *a",
        "&a ",
        "*a",
        "!!str ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
    ),
    *(
        "true",
        "null",
        "~",
        ".nan",
        "1e999",
        "0o17",
        "1_000",
        "9" * 40,
        "''",
        '""',
        "|\n",
        ">-\n",
        "? ",
        "\\ud800",
    ),
    *(
        "steps.a.outputs.x",
        "params.",
        "secrets.K",
        "session.id",
        "run.status",
        "task.meta",
        "== null",
        "&& !",
    ),
    *("steps:", "params:", "finally:", "app: a/b@v1", "values: {x: 1}", "needs: [a, b]", "if: ", "outputs: "),
    *(
        "# slyflow: ignore[SLY202] why",
        "# slyflow: ignore[",
        "__proto__",
        "\ud800".encode(errors="replace").decode(),
    ),
)
_FOLDERS = ("tests/cases/bad", "pipelines", "tests/fuzz/seeds")


def corpus() -> list[bytes]:
    """Return the files that edits begin from, in a fixed order; large ones are too slow to be worth it."""
    paths = sorted(path for folder in _FOLDERS for path in (REPOSITORY / folder).glob("*.yaml"))
    return [content for path in paths if len(content := path.read_bytes()) < 20_000]


def mutated(random: Random, files: Sequence[bytes]) -> bytes:
    """Return a file after one to eight edits; now and then a byte is broken as well."""
    text = random.choice(files).decode(errors="replace")
    for _ in range(random.randint(1, 8)):
        text = random.choice(_EDITS)(random, text, files)
    content = text.encode(errors="replace")
    if content and random.randint(1, 20) == 1:
        place = random.randrange(len(content))
        content = content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]
    return content


def _insert(random: Random, text: str, _: Sequence[bytes]) -> str:
    place = random.randint(0, len(text))
    return text[:place] + random.choice(_TOKENS) * random.choice((1, 1, 1, 1, 2, 40)) + text[place:]


def _delete(random: Random, text: str, _: Sequence[bytes]) -> str:
    place = random.randint(0, len(text))
    return text[:place] + text[place + random.choice((1, 1, 1, 2, 5, 30)) :]


def _replace(random: Random, text: str, files: Sequence[bytes]) -> str:
    return _insert(random, _delete(random, text, files), files)


def _move_line(random: Random, text: str, _: Sequence[bytes]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    line = lines.pop(random.randrange(len(lines)))
    lines.insert(random.randint(0, len(lines)), line)
    return "".join(lines)


def _repeat_line(random: Random, text: str, _: Sequence[bytes]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    lines.insert(random.randint(0, len(lines)), random.choice(lines))
    return "".join(lines)


def _indent(random: Random, text: str, _: Sequence[bytes]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = random.randrange(len(lines))
    lines[place] = random.choice((" ", "  ", "\t", "    ")) + lines[place]
    return "".join(lines)


def _dedent(random: Random, text: str, _: Sequence[bytes]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = random.randrange(len(lines))
    lines[place] = lines[place][random.randint(1, 2) :]
    return "".join(lines)


def _splice(random: Random, text: str, files: Sequence[bytes]) -> str:
    other = random.choice(files).decode(errors="replace")
    place, start = random.randint(0, len(text)), random.randint(0, len(other))
    return text[:place] + other[start : start + random.randint(1, 200)] + text[place:]


def _cut(random: Random, text: str, _: Sequence[bytes]) -> str:
    return text[: random.randint(0, len(text))]


_EDITS: Sequence[Callable[[Random, str, Sequence[bytes]], str]] = (
    _insert,
    _delete,
    _replace,
    _move_line,
    _repeat_line,
    _indent,
    _dedent,
    _splice,
    _cut,
)
