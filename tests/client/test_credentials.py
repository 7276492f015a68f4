"""Where the address and the token come from."""

import os
from pathlib import Path

import pytest

from slyflow.client.credentials import Credentials, find_credentials
from slyflow.errors import UsageError
from slyflow.secret import Secret

URL = "https://app.example.com"
BOTH = {"SERVER_ADDRESS": f"{URL}/", "API_TOKEN": "secret-token"}


def write(home: Path, text: str | bytes, mode: int = 0o600) -> Path:
    path = home / "supervisely.env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def test_the_environment_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "SERVER_ADDRESS=https://other.example\nAPI_TOKEN=other\n")
    found = find_credentials(BOTH, tmp_path)
    assert found == Credentials(URL, Secret("secret-token"), "the environment")
    assert "secret-token" not in repr(found)


@pytest.mark.parametrize(
    ("present", "missing"), [("SERVER_ADDRESS", "API_TOKEN"), ("API_TOKEN", "SERVER_ADDRESS")]
)
def test_one_of_the_two_names_the_other(tmp_path: Path, present: str, missing: str) -> None:
    with pytest.raises(UsageError, match=f"the environment sets {present} but not {missing}"):
        find_credentials({present: BOTH[present], missing: ""}, tmp_path)
    write(tmp_path, f"{present}={BOTH[present]}\n")
    with pytest.raises(UsageError, match=rf"supervisely\.env sets {present} but not {missing}"):
        find_credentials({}, tmp_path)


def test_neither_means_none(tmp_path: Path) -> None:
    assert find_credentials({}, tmp_path) is None
    assert find_credentials({}, None) is None


@pytest.mark.parametrize(
    "text",
    [
        f"SERVER_ADDRESS={URL}\nAPI_TOKEN=secret-token\n",
        f"# mine\nexport SERVER_ADDRESS=\"{URL}\"\r\n  API_TOKEN = 'secret-token'  \nOTHER=1",
        f"API_TOKEN=secret-token # of the robot\nSERVER_ADDRESS={URL}/\n#API_TOKEN=old\nnonsense\n",
    ],
)
def test_the_file_is_read_in_its_usual_spellings(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    assert find_credentials({}, tmp_path) == Credentials(URL, Secret("secret-token"), str(path))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path, "API_TOKEN=secret-token\n", mode)
    with pytest.raises(UsageError) as raised:
        find_credentials({}, tmp_path)
    assert raised.value.hint == f"run: chmod 600 {path}"
    assert "secret-token" not in raised.value.message


def test_a_link_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("API_TOKEN=secret-token\n")
    (tmp_path / "supervisely.env").symlink_to(target)
    with pytest.raises(UsageError, match="cannot be used"):
        find_credentials({}, tmp_path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "supervisely.env").mkdir()
    with pytest.raises(UsageError, match="not a regular file"):
        find_credentials({}, tmp_path)


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "supervisely.env", 0o600)
    with pytest.raises(UsageError, match="not a regular file"):
        find_credentials({}, tmp_path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(write(tmp_path, "API_TOKEN=secret-token\n"), 12345, 12345)
    with pytest.raises(UsageError, match="another user"):
        find_credentials({}, tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"A=1\n", "sets neither"),
        (b"\xff\xfe", "not UTF-8"),
        (b"#" * 70_000, "larger than"),
        (b"API_TOKEN=a\nSERVER_ADDRESS=http://example.com\n", "not encrypted"),
    ],
)
def test_an_unusable_file_is_explained(tmp_path: Path, text: bytes, said: str) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError, match=said):
        find_credentials({}, tmp_path)
