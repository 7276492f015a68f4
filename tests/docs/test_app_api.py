"""The page on the App API names what exists, tells the differences that are tested, and its example runs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slyflow import client
from slyflow.catalog.tar import USUAL
from slyflow.client import Instance
from slyflow.client.retry import SHORT, TRANSFER
from slyflow.instance.process import ensure
from slyflow.model import node, session
from slyflow.secret import Secret
from tests.conformance import differences
from tests.conformance.recorder import ABSENT, ANY, Difference
from tests.docs.markdown import APP_API, ROOT, Block, blocks, code, prose, rows, section

WIRE, DEFECTS = "Differences on the wire", "Defects of the original"
HEADINGS = re.findall(r"^## (.+)$", prose(APP_API), re.MULTILINE)
MAPPED = [
    row for heading in HEADINGS if heading not in (WIRE, DEFECTS) for row in rows(section(APP_API, heading))
]
EXAMPLES = [block for block in blocks(APP_API) if block.info == "python"]


@pytest.mark.parametrize("name", sorted({name for row in MAPPED for name in code(row[1])}))
def test_what_stands_beside_a_name_exists(name: str) -> None:
    first, *rest = name.split("(")[0].split(".")
    places = [getattr(module, first) for module in (client, node, session) if hasattr(module, first)]
    instance = Instance("http://127.0.0.1:1", Secret("token"))
    found = instance if first == "instance" else places[0]
    for attribute in rest:
        found = getattr(found, attribute)


def test_every_row_says_what_to_use_or_that_there_is_nothing() -> None:
    assert [row for row in MAPPED if not code(row[0]) or not (code(row[1]) or row[1] == "—")] == []


def test_differences_on_the_wire_are_those_that_are_tested() -> None:
    listed = [
        entry
        for group in vars(differences).values()
        if isinstance(group, tuple)
        for entry in group
        if isinstance(entry, Difference)
    ]
    told = [tuple(row) for row in rows(section(APP_API, WIRE))]
    assert told == [
        (
            "any" if entry.method == "*" else f"`{entry.method}`",
            f"`{entry.place}`",
            _value(entry.theirs),
            _value(entry.ours),
            entry.reason,
        )
        for entry in listed
    ]


def _value(value: object) -> str:
    return str(value) if value in (ANY, ABSENT) else f"`{value}`"


def test_every_defect_has_a_test_that_shows_what_happens_here() -> None:
    told = rows(section(APP_API, DEFECTS))
    for row in told:
        shown = code(row[2])
        assert shown, row[0]
        for reference in shown:
            path, _, name = reference.partition("::")
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^def {name}\(", text, re.MULTILINE), reference


def test_limits_of_time_are_the_retry_module_s() -> None:
    text = " ".join(prose(APP_API).split())
    assert (
        f"{SHORT.connect:g} s to connect, {SHORT.read:g} s of silence, {SHORT.total:g} s for an answer"
        f" ({TRANSFER.total / 60:g} min for content)"
    ) in text


def test_limits_of_an_archive_are_the_readers() -> None:
    assert f"at most {USUAL.entries:,} of them and {USUAL.size >> 30} GiB" in prose(APP_API)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Run an embedded instance with the app that the examples name."""
    with ensure(tmp_path_factory.mktemp("instance"), slots=1) as running:
        instance = Instance(running.url, running.token)
        instance.transport.call("embedded.apps.add", {"path": str(ROOT / "pipelines" / "apps" / "resize")})
        instance.close()
        yield {
            **os.environ,
            "SERVER_ADDRESS": running.url,
            "API_TOKEN": running.token.reveal(),
            "PYTHONPATH": str(ROOT),
        }


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_examples_run(example: Block, environ: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example.text],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
