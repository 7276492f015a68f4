"""What a machine must have for a run: each thing that is wrong is named with what to do."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from slyflow import settings
from slyflow.client.credentials import Credentials
from slyflow.running.finding import Finding, exit_code, skipped, wrong
from slyflow.running.surroundings import check_credentials, check_machine, check_proxy, file_system
from slyflow.secret import Secret

MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/team rw shared:1 - nfs4 server:/team rw
31 30 0:41 / /mnt/team/fast\\040disk rw - xfs /dev/sdb rw
32 22 0:42 / /mnt/keys rw - fuse.sshfs me@host: rw
not a mount
"""
REMOTE = Credentials("https://app.example.com", Secret("t0p-secret-token"), "the environment")


def load(home: Path, environ: Mapping[str, str] | None = None, instance: str = "auto") -> settings.Settings:
    return settings.load({"home": str(home), "instance": instance}, environ or {}, str(home.parent))


def machine(home: Path, environ: Mapping[str, str] | None = None) -> dict[str, Finding]:
    found = check_machine(load(home, environ), environ or {})
    return {finding.check: finding for finding in found}


def test_a_new_home_is_well(tmp_path: Path) -> None:
    found = machine(tmp_path / "home")
    assert exit_code(found.values()) == 0
    assert "is made by the first run" in found["home"].found
    assert not (tmp_path / "home").exists()


def test_settings_are_named_with_the_place_they_come_from(tmp_path: Path) -> None:
    found = machine(tmp_path / "home", {"SLYFLOW_MAX_SESSIONS": "3", "SLYFLOW_MAX_SESSION": "3"})["settings"]
    assert "max_sessions=3 (SLYFLOW_MAX_SESSIONS)" in found.found
    assert found.verdict == "warning"
    assert "SLYFLOW_MAX_SESSION is not a setting" in found.found


@pytest.mark.parametrize(
    ("mode", "verdict", "code"), [(0o700, "ok", 0), (0o755, "warning", 0), (0o777, "wrong", 7)]
)
def test_a_home_that_others_may_change_is_wrong(tmp_path: Path, mode: int, verdict: str, code: int) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(mode)
    found = machine(home)["home"]
    assert (found.verdict, found.code) == (verdict, code)
    assert (found.todo is None) is (verdict == "ok")


def test_a_home_that_is_a_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert machine(tmp_path / "home")["home"].code == 7


@pytest.mark.parametrize(
    ("place", "kind", "verdict"),
    [
        ("/srv/home", "ext4", "ok"),
        ("/mnt/team/home", "nfs4", "wrong"),
        ("/mnt/team/fast disk/home", "xfs", "ok"),
        ("/mnt/keys", "fuse.sshfs", "wrong"),
    ],
)
def test_the_innermost_mount_says_what_a_home_is_on(
    place: str, kind: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slyflow.running.surroundings._nearest", lambda path: path)
    found = file_system(Path(place), lambda: MOUNTS)
    assert f"is on {kind}" in found.found
    assert (found.verdict, found.code) == (verdict, 7 if verdict == "wrong" else 0)


def test_a_system_without_a_list_of_mounts_is_not_judged(tmp_path: Path) -> None:
    assert file_system(tmp_path, lambda: None).verdict == "skipped"


def test_credentials_are_told_without_the_token(tmp_path: Path) -> None:
    environ = {"SERVER_ADDRESS": REMOTE.url, "API_TOKEN": REMOTE.token.reveal()}
    finding, credentials = check_credentials(load(tmp_path), environ)
    assert (finding.verdict, credentials is not None) == ("ok", True)
    assert REMOTE.url in finding.found
    assert REMOTE.token.reveal() not in str(finding)


@pytest.mark.parametrize(
    ("environ", "instance"),
    [({"API_TOKEN": "abcdefgh"}, "auto"), ({}, "remote")],
    ids=["half of them", "none, and a remote instance is wanted"],
)
def test_missing_credentials_are_wrong(tmp_path: Path, environ: dict[str, str], instance: str) -> None:
    finding, credentials = check_credentials(load(tmp_path, instance=instance), environ)
    assert (finding.verdict, finding.code, credentials) == ("wrong", 2, None)


def test_a_readable_file_of_credentials_is_wrong_and_the_repair_is_named(tmp_path: Path) -> None:
    file = tmp_path / "supervisely.env"
    file.write_text("SERVER_ADDRESS=https://app.example.com\nAPI_TOKEN=abcdefgh\n")
    file.chmod(0o644)
    finding, _ = check_credentials(load(tmp_path / "home"), {"HOME": str(tmp_path)})
    assert (finding.code, finding.todo) == (2, f"run: chmod 600 {file}")


@pytest.mark.parametrize(
    ("environ", "shown", "verdict"),
    [
        ({}, "none for https://app.example.com", "ok"),
        ({"https_proxy": "http://me:hush@proxy.example:3128"}, "http://proxy.example:3128", "ok"),
        ({"https_proxy": "proxy.example:3128"}, "http://proxy.example:3128", "ok"),
        ({"https_proxy": "http://p:1", "no_proxy": ".example.com"}, "none for", "ok"),
        ({"https_proxy": "http://me:hush@[::1"}, "an address that cannot be read", "wrong"),
    ],
)
def test_the_proxy_is_told_without_its_password(environ: dict[str, str], shown: str, verdict: str) -> None:
    finding = check_proxy(REMOTE, environ)
    assert shown in finding.found
    assert finding.verdict == verdict
    assert "hush" not in str(finding)


def test_the_first_wrong_thing_gives_the_exit_code() -> None:
    found = [skipped("a", "not asked"), wrong("b", "bad", None, 7), wrong("c", "worse", None, 2)]
    assert (exit_code(found), exit_code(found[:1])) == (7, 0)
