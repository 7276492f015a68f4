"""Secrets and tokens: in no output, no journal, no command line and no log of ours, in no common form."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.end_to_end.world import Environ, World, eventually

SECRET = 'p@ss/w+rd "q" 9f8e7d6c'


def _forms(secret: str) -> list[str]:
    raw = secret.encode()
    return [
        secret,
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.b64encode(b"k:" + raw).decode(),
        raw.hex(),
        raw.hex().upper(),
    ]


def _inside_base64(secret: str) -> list[str]:
    """Return what longer base64 shows of the secret alone, wherever in it the secret begins and ends."""
    return [longer[4:-4] for longer in _in_base64(secret)]


def _in_base64(secret: str) -> list[str]:
    ahead = (base64.b64encode(b"k" * count + secret.encode()) for count in range(3))
    around = (base64.b64encode(b"k" * count + secret.encode() + b"v" * (count + 1)) for count in range(3))
    return [longer.decode() for longer in (*ahead, *around)]


def _assert_clean(content: bytes, secret: str, where: str) -> None:
    for form in (*_forms(secret), *_inside_base64(secret)):
        assert form.encode() not in content, f"{where} holds the secret as {form!r}"


def _files(folder: Path, *but: str) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(but):
            yield path


def test_a_secret_that_an_app_shouts_stays_out_of_everything_of_ours(world: World) -> None:
    """The instance itself has it: the pipeline gives it to the app, which is a warning."""
    words, started, go = (world.folder / name for name in ("words", "started", "go"))
    words.write_text("".join(f"Error: {form}\n" for form in _forms(SECRET)))
    environ = {"LEMON_KEY": SECRET}
    driver = world.start_pipeline(
        f"""
        secrets: [LEMON_KEY]
        steps:
          computed: {{values: {{text: "key=${{{{ secrets.LEMON_KEY }}}}"}}}}
          shout:
            app: {{path: ./apps/obey}}
            arguments:
              say: ["${{{{ secrets.LEMON_KEY }}}}"]
              recite: {words}
              started: {started}
              wait_for: {go}
              code: 1
        outputs: {{text: "${{{{ steps.computed.outputs.text }}}}"}}
        """,
        environ=environ,
    )
    eventually(started.exists, "the app runs")
    lines = world.processes()
    assert len(lines) == 3  # slyflow, the server, the app
    go.touch()
    ended = driver.end()
    assert ended.code == 1
    assert "***" in ended.step("shout")["failure"]["message"]
    assert ended.document["outputs"] == {"text": "key=***"}
    assert "LEMON_KEY" in ended.err  # the warning names it
    shown = [world.run(*words, environ=environ) for words in (("show", "last", "--json"), ("logs", "last"))]
    for line in lines.values():
        _assert_clean(line.encode(), SECRET, f"the command line {line[:80]!r}")
    for text in [ended.out, ended.err, *(text for told in shown for text in (told.out, told.err))]:
        _assert_clean(text.encode(), SECRET, text[:200])
    for path in _files(world.home, "instance/instance.db", "instance/logs/", "instance/sessions/"):
        _assert_clean(path.read_bytes(), SECRET, str(path))


def test_every_artefact_of_a_run_is_free_of_secret_and_token(world: World) -> None:
    """The app is told the secret, so the instance has it in its arguments and log, and nowhere else."""
    words, started, go = (world.folder / name for name in ("words", "started", "go"))
    words.write_text("".join(f"it is {form}\n" for form in (*_forms(SECRET), *_in_base64(SECRET))))
    client = World(world.folder, home=world.folder / "client")
    with world.serving() as served:
        environ = {"LEMON_KEY": SECRET, **served.environ}
        driver = client.start_pipeline(
            f"""
            secrets: [LEMON_KEY]
            steps:
              shout:
                app: {{path: ./apps/obey}}
                arguments:
                  say: ["${{{{ secrets.LEMON_KEY }}}}"]
                  recite: {words}
                  started: {started}
                  wait_for: {go}
                outputs: {{said: {{value: {{log: "it is (.*)"}}}}}}
              told: {{values: {{text: "${{{{ steps.shout.outputs.said }}}} ${{{{ secrets.LEMON_KEY }}}}"}}}}
            outputs: {{text: "${{{{ steps.told.outputs.text }}}}"}}
            """,
            environ=environ,
        )
        eventually(started.exists, "the app runs")
        lines = world.processes()
        go.touch()
        ended = driver.end()
        assert ended.code == 0, ended.err
        told = [
            client.run(*line.split(), environ=environ)
            for line in (
                "show last",
                "show last --json",
                "events last",
                "events last --json",
                "runs --json",
                "logs last",
            )
        ]
        page = _page(client, environ)
    for line in lines.values():
        _assert_clean_of_both(line.encode(), served.token, f"the command line {line[:80]!r}")
    for outcome in (ended, *told):
        assert outcome.code == 0, outcome.err
        _assert_clean_of_both((outcome.out + outcome.err).encode(), served.token, outcome.out[:200])
    assert "***" in page
    _assert_clean_of_both(page.encode(), served.token, "the page of a notebook")
    for path in _files(client.home):
        _assert_clean_of_both(path.read_bytes(), served.token, str(path))
    for path in _files(world.home, "instance/instance.json"):
        _assert_clean(path.read_bytes(), served.token, str(path))
    for table, row in _database(world):
        _assert_clean(json.dumps(row).encode(), SECRET, f"the instance's table {table}")
    (session,) = world.sessions()
    assert SECRET in json.loads(session["params"])["state"]["say"]


def _assert_clean_of_both(content: bytes, token: str, where: str) -> None:
    _assert_clean(content, SECRET, where)
    _assert_clean(content, token, where)


def _page(client: World, environ: Environ) -> str:
    """Return what a notebook shows of the newest run."""
    code = f"import slyflow; print(slyflow.runs(home={str(client.home)!r})[0]._repr_html_())"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=client.folder,
        env=client.environ() | dict(environ),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _database(world: World) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield every row of the instance's tables, but not what its sessions were launched with."""
    for table in world.records("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in world.records(f"SELECT * FROM {table['name']}"):
            kept = {name: value for name, value in row.items() if not isinstance(value, bytes)}
            if table["name"] == "session":
                del kept["params"]
            yield table["name"], kept


def test_logs_say_what_the_app_said_without_the_secret(world: World) -> None:
    ended = world.run_pipeline(
        """
        secrets: [LEMON_KEY]
        steps:
          shout: {app: {path: ./apps/obey}, arguments: {say: ["before ${{ secrets.LEMON_KEY }} after"]}}
        """,
        environ={"LEMON_KEY": SECRET},
    )
    assert ended.code == 0
    log = world.run("logs", "last", environ={"LEMON_KEY": SECRET})
    assert "before *** after" in log.out


def test_a_value_made_of_a_secret_is_whole_again_after_a_resume(world: World) -> None:
    """The journal has it without the secret, so it is computed anew."""
    started, go = world.folder / "started", world.folder / "go"
    environ = {"LEMON_KEY": SECRET}
    driver = world.start_pipeline(
        f"""
        secrets: [LEMON_KEY]
        steps:
          computed: {{values: {{text: "key=${{{{ secrets.LEMON_KEY }}}}"}}}}
          again: {{values: {{text: "${{{{ steps.computed.outputs.text }}}}!"}}}}
          slow: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
          uses:
            app: {{path: ./apps/obey}}
            needs: [slow]
            arguments: {{say: ["${{{{ steps.again.outputs.text }}}}"]}}
        """,
        environ=environ,
    )
    eventually(started.exists, "the app runs")
    driver.kill()
    go.touch()
    ended = world.resume(environ=environ)
    assert ended.code == 0, ended.err
    _, params = (json.loads(row["params"]) for row in world.sessions())
    assert params["state"]["say"] == [f"key={SECRET}!"]
    assert ended.step("again")["outputs"]["text"]["value"] == "key=***!"


def test_a_secret_that_looks_like_an_id_or_a_name_damages_no_journal(world: World) -> None:
    environ = {"A": "steps", "B": "session", "C": "computed", "D": "succeeded", "E": "1234"}
    ended = world.run_pipeline(
        """
        secrets: [A, B, C, D, E]
        steps:
          computed: {values: {number: "${{ 1234 }}", text: "${{ secrets.E }}"}}
          one: {app: {path: ./apps/obey}, needs: [computed]}
        outputs: {number: "${{ steps.computed.outputs.number }}"}
        """,
        environ=environ,
    )
    assert ended.code == 0, ended.err
    assert ended.document["steps"].keys() == {"computed", "one"}
    assert ended.document["outputs"] == {"number": 1234}
    shown = world.run("show", "last", "--json")
    assert shown.statuses == {"computed": "succeeded", "one": "succeeded"}
    assert shown.step("computed")["outputs"]["text"]["value"] == "***"


def test_a_param_with_a_secret_in_it_reaches_the_app_and_is_not_half_used_by_a_resume(world: World) -> None:
    started, go = world.folder / "started", world.folder / "go"
    environ = {"LEMON_KEY": SECRET}
    driver = world.start_pipeline(
        f"""
        secrets: [LEMON_KEY]
        params: {{text: {{type: string}}}}
        steps:
          slow:
            app: {{path: ./apps/obey}}
            arguments: {{started: {started}, wait_for: {go}, say: ["${{{{ params.text }}}}"]}}
          after: {{app: {{path: ./apps/obey}}, needs: [slow], arguments: {{say: ["${{{{ params.text }}}}"]}}}}
        """,
        "-p",
        f"text=key {SECRET}",
        environ=environ,
    )
    eventually(started.exists, "the app runs")
    driver.kill()
    (session,) = world.sessions()
    assert json.loads(session["params"])["state"]["say"] == [f"key {SECRET}"]
    for path in _files(world.home / "runs"):
        _assert_clean(path.read_bytes(), SECRET, str(path))
    go.touch()
    ended = world.resume(environ=environ)
    assert ended.code == 1
    assert ended.statuses == {"slow": "succeeded", "after": "failed"}
    assert "the journal does not keep" in ended.step("after")["failure"]["message"]
    assert world.launches() == ["slow/1"]


def test_a_secret_that_is_too_short_to_be_hidden_is_refused(world: World) -> None:
    ended = world.run_pipeline(
        """
        secrets: [LEMON_KEY]
        steps:
          one: {values: {text: "${{ secrets.LEMON_KEY }}"}}
        """,
        environ={"LEMON_KEY": "abc"},
    )
    assert (ended.code, ended.out) == (2, "")
    assert "LEMON_KEY" in ended.err
    assert "4 characters" in ended.err
    assert not world.home.exists()


def test_a_secret_that_is_not_set_is_named_before_anything_starts(world: World) -> None:
    ended = world.run_pipeline("""
        secrets: [LEMON_KEY]
        steps:
          one: {values: {text: "${{ secrets.LEMON_KEY }}"}}
        """)
    assert (ended.code, ended.out) == (2, "")
    assert "LEMON_KEY" in ended.err
    assert not world.home.exists()


def test_the_users_token_stays_where_it_was(world: World) -> None:
    """On neither side: the client gets it by its environment, the server keeps it in one private file."""
    started, go = world.folder / "started", world.folder / "go"
    client = World(world.folder, home=world.folder / "client")
    with world.serving() as served:
        driver = client.start_pipeline(
            f"""
            steps:
              one: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
            """,
            environ=served.environ,
        )
        eventually(started.exists, "the app runs")
        address = world.home / "instance" / "instance.json"
        assert address.stat().st_mode & 0o777 == 0o600
        assert served.token in address.read_text()
        lines = world.processes()
        app = int(started.read_text() or "0")
        own = Path(f"/proc/{app}/environ").read_bytes()
        go.touch()
        ended = driver.end()
        assert ended.code == 0, ended.err
        assert served.token.encode() not in own
        for line in lines.values():
            _assert_clean(line.encode(), served.token, f"the command line {line[:80]!r}")
        for text in (ended.out, ended.err):
            _assert_clean(text.encode(), served.token, text[:200])
        for path in (*_files(client.home), *_files(world.home, "instance/instance.json")):
            _assert_clean(path.read_bytes(), served.token, str(path))


def test_the_tokens_of_sessions_stay_out_of_the_instances_files(world: World) -> None:
    started, go = world.folder / "started", world.folder / "go"
    driver = world.start_pipeline(f"""
        steps:
          one: {{app: {{path: ./apps/obey}}, arguments: {{started: {started}, wait_for: {go}}}}}
        """)
    eventually(lambda: started.exists() and bool(started.read_text()), "the app runs")
    environ = Path(f"/proc/{int(started.read_text())}/environ").read_bytes()
    tokens = [entry.partition(b"=")[2] for entry in environ.split(b"\0") if entry.startswith(b"API_TOKEN=")]
    assert len(tokens) == 1
    assert len(tokens[0]) >= 32
    time.sleep(0.2)
    for line in world.processes().values():
        assert tokens[0].decode() not in line
    for path in _files(world.home):
        assert tokens[0] not in path.read_bytes(), path
    go.touch()
    assert driver.end().code == 0
